import * as z from "zod";
import { PREFIX_LIST, SECURITY_GROUP, VPC } from "../../constructs/validation/formats";
import { RANGE, RANGE_V4 } from "../../constructs/validation/ip-range";
import { list, noted, orVariable, text, yesNo } from "./values";

const PEER_RULE = "name exactly one of `securityGroupId`, `prefixListId` and `cidr`";

const range = noted(z.string({ error: RANGE.rule }).refine(RANGE.holds, { error: RANGE.rule }), {
  conditions: () => [RANGE_V4],
});

const peer = z
  .strictObject(
    {
      securityGroupId: orVariable(text(SECURITY_GROUP))
        .optional()
        .meta({
          description: "A security group, in the same VPC or a peered one.",
          examples: ["sg-0123456789abcdef1"],
        }),
      prefixListId: orVariable(text(PREFIX_LIST)).optional().meta({ description: "A managed prefix list." }),
      cidr: orVariable(range)
        .optional()
        .meta({
          description: "A range of IPv4 or IPv6 addresses; a variable brings one of IPv4.",
          examples: ["10.0.0.0/16"],
        }),
    },
    { error: PEER_RULE },
  )
  .refine((given) => Object.keys(given).length === 1, {
    error: PEER_RULE,
    params: { inside: ["securityGroupId", "prefixListId", "cidr"] },
  });

/** One end of a connection: a security group, a prefix list or a range. */
export type PeerConfig = z.output<typeof peer>;

export const network = z.strictObject(
  {
    vpcId: orVariable(text(VPC)).meta({
      description: "The VPC of the subnets.",
      examples: ["vpc-0123456789abcdef0"],
    }),
    masters: peer.meta({
      description:
        "All nodes of the cluster but these replicas, by exactly one of `securityGroupId`, `prefixListId` and `cidr`. Every node keeps a link to every other, in both directions.",
      examples: [{ securityGroupId: "sg-0123456789abcdef1" }],
    }),
    clients: list(peer, "client")
      .optional()
      .meta({
        description:
          "Who may use Redis on the replicas, each as one of those keys. Include all clients that write to the masters, since a replica can be promoted.",
        examples: [[{ cidr: "10.0.0.0/16" }]],
      }),
    downloads: z
      .array(peer, { error: "be a list, [] for nowhere" })
      .optional()
      .meta({
        description:
          "Where instances may fetch packages and secrets from, on ports 80 and 443, each as one of those keys; by default, everywhere by IPv4. `[]` is nowhere.",
        examples: [[{ prefixListId: "pl-0123456789abcdef0" }]],
      }),
    openMasters: yesNo().optional().meta({
      description: "Whether the masters' security group also lets the replicas in.",
      default: false,
    }),
  },
  { error: "be a map with `vpcId` and `masters`" },
);
