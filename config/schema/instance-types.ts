import * as z from "zod";
import { GENERATION, INSTANCE_FAMILY, INSTANCE_TYPE } from "../../constructs/validation/formats";
import { MEMORY, VCPUS } from "../../constructs/validation/limits";
import { givenUnlessRule } from "../../constructs/validation/value-rules";
import { isMap, list, listOrVariable, orVariable, text, variable, whole } from "./values";

/** Text, though YAML reads it as a number. */
function generation() {
  const number = z
    .int({ error: GENERATION.rule })
    .min(0, { error: GENERATION.rule })
    .max(99, { error: GENERATION.rule });
  return z.union([text(GENERATION), number.transform(String)], { error: GENERATION.rule });
}

const resourceRequirements = z.strictObject(
  {
    minMemory: whole(MEMORY.least, MEMORY.most, " GiB").meta({
      description: "The minimum memory in GiB. It must be enough for the data of a replica.",
      examples: [16],
    }),
    maxMemory: whole(MEMORY.least, MEMORY.most, " GiB").meta({
      description: "The maximum memory in GiB.",
      examples: [32],
    }),
    minVcpus: whole(VCPUS.least, VCPUS.most).meta({
      description: "The minimum number of vCPUs.",
      examples: [2],
    }),
    maxVcpus: whole(VCPUS.least, VCPUS.most).meta({
      description: "The maximum number of vCPUs.",
      examples: [8],
    }),
    excludedFamilies: list(text(INSTANCE_FAMILY), INSTANCE_FAMILY.noun)
      .optional()
      .meta({ description: "Excluded families.", examples: [["t"]] }),
    excludedTypes: list(text(INSTANCE_TYPE), INSTANCE_TYPE.noun)
      .optional()
      .meta({ description: "Excluded types.", examples: [["m3.large"]] }),
    excludedGenerations: list(generation(), GENERATION.noun)
      .optional()
      .meta({ description: "Excluded generations.", examples: [["1", "2"]] }),
  },
  { error: "be a map with `minMemory`, `maxMemory`, `minVcpus` and `maxVcpus`" },
);

export const instanceTypes = z
  .strictObject(
    {
      onDemand: z
        .union([text(INSTANCE_TYPE), list(orVariable(text(INSTANCE_TYPE)), INSTANCE_TYPE.noun), variable], {
          error: "be an instance type such as r6i.large, or a list of them",
        })
        .meta({
          description:
            "The type that is used without spot capacity, or a list of such types, of which Spot picks one.",
          examples: ["r6i.large", ["r6i.large", "r6a.large"]],
        }),
      spot: listOrVariable(INSTANCE_TYPE)
        .optional()
        .meta({
          description:
            "The spot types. Needed unless `resourceRequirements` is given. The more there are, the rarer an interruption without a replacement: `review` warns of few.",
          examples: [["r6i.large", "r6a.large", "r5.large"]],
        }),
      preferredSpot: listOrVariable(INSTANCE_TYPE)
        .optional()
        .meta({ description: "The preferred spot types, a subset of `spot`.", examples: [["r6i.large"]] }),
      resourceRequirements: resourceRequirements
        .optional()
        .meta({ description: "Requirements for spot instances, instead of `spot`." }),
    },
    { error: "be a map with `onDemand` and `spot`" },
  )
  .refine(({ spot, resourceRequirements }) => (spot ?? resourceRequirements) !== undefined, {
    path: ["spot"],
    error: givenUnlessRule("resourceRequirements"),
    params: { beside: ["resourceRequirements"] },
    when: isMap,
  })
  .meta({
    description: "The machines the group may use. Each type must hold a replica's data.",
    examples: [{ onDemand: "r6i.large", spot: ["r6i.large", "r6a.large"] }],
  });
