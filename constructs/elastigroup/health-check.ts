import { word } from "../validation/known-words";
import { HEALTH_SECONDS } from "../validation/limits";
import { type Validator } from "../validation/validator";
import { within } from "../validation/value-rules";

/** The source of the health of an instance. */
export class HealthCheckType {
  /** EC2 status checks. */
  public static readonly EC2 = new HealthCheckType("EC2");
  /** The health checks of the target groups. */
  public static readonly TARGET_GROUP = new HealthCheckType("TARGET_GROUP");
  /** Your own service that reports the health to Spot. */
  public static readonly HCS = new HealthCheckType("HCS");

  /**
   * A type by its name in Spot, for a new value or a token. A name other than those above causes a warning.
   * @param value a value of `health_check_type` of `spotinst_elastigroup_aws`
   */
  public static of(value: string): HealthCheckType {
    return new HealthCheckType(word(value));
  }

  private constructor(
    /** The name in Spot. */
    public readonly value: string,
  ) {}
}

/** When an instance counts as unhealthy and is replaced. */
export interface HealthCheck {
  /**
   * The source of the health.
   * @default HealthCheckType.EC2
   */
  readonly checkType?: HealthCheckType;
  /**
   * Seconds after a launch before the first check, 1 to 86400.
   * @default 300
   */
  readonly gracePeriod?: number;
  /**
   * Seconds that an instance stays unhealthy before it is replaced, 1 to 86400.
   * @default 120
   */
  readonly unhealthyDuration?: number;
}

/** The default checks. */
export const HEALTH_DEFAULTS = { checkType: HealthCheckType.EC2, gracePeriod: 300, unhealthyDuration: 120 };

/** The checks with the defaults for what is left out. */
export function healthCheckOf(given: HealthCheck = {}): Required<HealthCheck> {
  return {
    checkType: given.checkType ?? HEALTH_DEFAULTS.checkType,
    gracePeriod: given.gracePeriod ?? HEALTH_DEFAULTS.gracePeriod,
    unhealthyDuration: given.unhealthyDuration ?? HEALTH_DEFAULTS.unhealthyDuration,
  };
}

/** Validates each value separately. */
export function validateHealthCheck(given: HealthCheck | undefined, validator: Validator): void {
  const { gracePeriod, unhealthyDuration } = healthCheckOf(given);
  const seconds = within(HEALTH_SECONDS, " seconds");
  validator.value("healthCheck.gracePeriod", gracePeriod, seconds);
  validator.value("healthCheck.unhealthyDuration", unhealthyDuration, seconds);
}
