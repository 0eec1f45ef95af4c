import * as z from "zod";
import { SUBNET, ZONE, someRule } from "../../constructs/kinds";
import { list, orVariable, text } from "./values";

export const zones = z
  .record(text(ZONE), list(orVariable(text(SUBNET)), SUBNET.noun), {
    error: "be a map from zones to lists of subnets",
  })
  .refine((map) => Object.keys(map).length > 0, { error: someRule(ZONE.noun) });
