import * as z from "zod";
import { zoneOfRegionRule } from "../../constructs/elastigroup/availability-zones";
import { hcl } from "../../constructs/terraform/hcl";
import { SUBNET, ZONE } from "../../constructs/validation/formats";
import { each, ofFormat, once, some } from "../../constructs/validation/value-rules";
import { type Condition, listOrVariable, noted, text } from "./values";

export const zones = noted(
  z
    .record(text(ZONE), listOrVariable(SUBNET), {
      error: "be a map from zones to lists of subnets",
    })
    .refine((map) => Object.keys(map).length > 0, { error: some(ZONE.noun).rule }),
  { conditions },
);

/** The region is part of the file, so Terraform can check the zones of a variable against it. */
function conditions(region: string): Condition[] {
  const inRegion = { pattern: new RegExp(`^${region}`), rule: zoneOfRegionRule(region) };
  const ofKeys = (rule: Condition): Condition => ({
    ...rule,
    condition: (self) => rule.condition(hcl`keys(${self})`),
    parts: "each key of ",
  });
  const ofSubnets = (rule: Condition, parts?: string): Condition => ({
    ...rule,
    condition: (self) => rule.condition(hcl`flatten(values(${self}))`),
    parts,
  });
  return [
    some(ZONE.noun),
    ofKeys(each(ofFormat(ZONE))),
    ofKeys(each(ofFormat(inRegion))),
    {
      ...some(SUBNET.noun),
      condition: (self) => hcl`alltrue([for subnets in values(${self}) : length(subnets) > 0])`,
      parts: "each zone of ",
    },
    ofSubnets(each(ofFormat(SUBNET)), "each subnet of "),
    ofSubnets(once(SUBNET.noun)),
  ];
}
