import { type Answer, map } from "../answer";
import { type Cluster } from "../cluster";
import { type GroupFleet } from "../fleet";
import { type SpotClient } from "../spot/client";
import { type View } from "../view";
import { type Expectations } from "./expectations";
import { type NodeFacts, nodeFacts } from "./node-facts";
import { spotFacts } from "./spot-facts";

/** What rules check. */
export interface Facts {
  readonly expected: Expectations;
  readonly view: View;
  /** The masters and the replicas; not nodes without a role, such as those in handshake. */
  readonly nodes: readonly NodeFacts[];
  readonly masters: readonly NodeFacts[];
  readonly replicas: readonly NodeFacts[];
  /** The groups of the config's names; undefined without credentials. */
  readonly spot: Answer<readonly GroupFleet[]> | undefined;
  /** The private IPs of the groups' replicas. */
  readonly groupAddresses: Answer<ReadonlySet<string>>;
  readonly now: Date;
}

/** Milliseconds between the two looks at the offsets. */
const SAMPLE = 3000;

export interface FactsOptions {
  /** Undefined without credentials. */
  readonly spot: SpotClient | undefined;
  /** Milliseconds over which writes are measured. @default 3000 */
  readonly sample?: number;
  /** @default - the clock of this machine */
  readonly now?: Date;
}

/** Asks the members of a view, and the Spot API, for everything that rules check. */
export async function readFacts(
  cluster: Cluster,
  view: View,
  expected: Expectations,
  { spot: client, sample = SAMPLE, now = new Date() }: FactsOptions,
): Promise<Facts> {
  const { username = "default", groups } = expected;
  const [members, spot] = await Promise.all([
    Promise.all(view.members.map((member) => nodeFacts(cluster, view, member, { username, sample }))),
    client &&
      spotFacts(
        client,
        groups.map(({ name }) => name),
      ),
  ]);
  const nodes = members.filter(({ role }) => role !== "unknown");
  return {
    ...{ expected, view, nodes, spot, now },
    masters: nodes.filter(({ role }) => role === "master"),
    replicas: nodes.filter(({ role }) => role === "replica"),
    groupAddresses: addressesOf(spot, expected.addresses),
  };
}

/** Spot knows the addresses; without credentials, the config may have them. */
function addressesOf(
  spot: Facts["spot"],
  configured: Expectations["addresses"],
): Answer<ReadonlySet<string>> {
  const addresses =
    spot === undefined
      ? configured
      : map(spot, (fleets) =>
          fleets.flatMap(({ stateful }) => stateful.flatMap(({ privateIp }) => privateIp ?? [])),
        );
  return map(addresses, (all) => new Set(all));
}
