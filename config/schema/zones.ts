import * as z from "zod";
import { SUBNET, ZONE } from "../../constructs/validation/formats";
import { someRule } from "../../constructs/validation/value-rules";
import { listOrVariable, text } from "./values";

export const zones = z
  .record(text(ZONE), listOrVariable(SUBNET), {
    error: "be a map from zones to lists of subnets",
  })
  .refine((map) => Object.keys(map).length > 0, { error: someRule(ZONE.noun) });
