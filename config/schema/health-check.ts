import * as z from "zod";
import { HEALTH_DEFAULTS, HealthCheckType } from "../../constructs/elastigroup/health-check";
import { wordsOf } from "../../constructs/validation/known-words";
import { HEALTH_SECONDS } from "../../constructs/validation/limits";
import { oneOf, whole } from "./values";

export const healthCheck = z.strictObject(
  {
    type: oneOf(wordsOf(HealthCheckType)).optional().meta({
      description:
        "What reports that an instance is unhealthy: EC2's status checks, the target groups (with `targetGroupArns`), or for `HCS` a service of your own that informs Spot.",
      default: HEALTH_DEFAULTS.checkType.value,
    }),
    gracePeriod: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds").optional().meta({
      description: "Seconds after a launch before the first check.",
      default: HEALTH_DEFAULTS.gracePeriod,
    }),
    unhealthyDuration: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds").optional().meta({
      description: "Seconds that an instance stays unhealthy before it is replaced.",
      default: HEALTH_DEFAULTS.unhealthyDuration,
    }),
  },
  { error: "be a map with settings of the health check" },
);
