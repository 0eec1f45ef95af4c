import * as z from "zod";
import { HEALTH_SECONDS } from "../../constructs/validation/limits";
import { oneOf, whole } from "./values";

export const healthCheck = z.strictObject(
  {
    type: oneOf(["EC2", "TARGET_GROUP", "HCS"])
      .optional()
      .meta({ description: "Who says that an instance is unhealthy.", default: "EC2" }),
    gracePeriod: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds")
      .optional()
      .meta({ description: "Seconds after a launch before the first check.", default: 300 }),
    unhealthyDuration: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds")
      .optional()
      .meta({ description: "Seconds that an instance stays unhealthy before it is replaced.", default: 120 }),
  },
  { error: "hold settings of the health check" },
);
