import * as z from "zod";
import { RECORD_TYPES } from "../../constructs/elastigroup/route53-domain";
import { ACCOUNT, HOSTED_ZONE, RECORD_SET } from "../../constructs/validation/formats";
import { list, oneOf, text, yesNo } from "./values";

export const route53Domain = z.strictObject(
  {
    hostedZoneId: text(HOSTED_ZONE).meta({ description: "The hosted zone." }),
    recordType: oneOf(RECORD_TYPES)
      .optional()
      .meta({ description: "The type of the records.", default: RECORD_TYPES[0] }),
    account: text(ACCOUNT)
      .optional()
      .meta({ description: "The Spot account that reaches the hosted zone; by default, the group's." }),
    records: list(
      z.strictObject(
        {
          name: text(RECORD_SET).meta({ description: "The record's name." }),
          usePublicAddress: yesNo()
            .optional()
            .meta({ description: "Whether it holds public addresses or names.", default: false }),
        },
        { error: "be a map with `name`" },
      ),
      "record",
    ).meta({ description: "The records." }),
  },
  { error: "be a map with `hostedZoneId` and `records`" },
);
