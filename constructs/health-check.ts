import { HEALTH_SECONDS, oneOfRule } from "./kinds";
import { must, mustBeWithin } from "./rules";

/** Who says that an instance is unhealthy. */
export class HealthCheckType {
  /** EC2's own status checks. */
  public static readonly EC2 = new HealthCheckType("EC2");
  /** The target groups. */
  public static readonly TARGET_GROUP = new HealthCheckType("TARGET_GROUP");
  /** A service of one's own that tells Spot. */
  public static readonly HCS = new HealthCheckType("HCS");

  /**
   * A type by Spot's own name, for a value that is a token.
   * @param value `EC2`, `TARGET_GROUP` or `HCS`
   */
  public static of(value: string): HealthCheckType {
    return new HealthCheckType(value);
  }

  private constructor(
    /** Spot's own name. */
    public readonly value: string,
  ) {}
}

/** When an instance counts as unhealthy and is replaced. */
export interface HealthCheck {
  /**
   * Who says so.
   * @default HealthCheckType.EC2
   */
  readonly type?: HealthCheckType;
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

/** Throws where one value can be no such value. */
export function checkHealthCheck({ type, gracePeriod, unhealthyDuration }: HealthCheck): void {
  const { least, most } = HEALTH_SECONDS;
  const types = ["EC2", "TARGET_GROUP", "HCS"];
  if (type !== undefined) must("healthCheck.type", oneOfRule(types), type.value, types.includes(type.value));
  if (gracePeriod !== undefined)
    mustBeWithin("healthCheck.gracePeriod", gracePeriod, least, most, " seconds");
  if (unhealthyDuration !== undefined) {
    mustBeWithin("healthCheck.unhealthyDuration", unhealthyDuration, least, most, " seconds");
  }
}
