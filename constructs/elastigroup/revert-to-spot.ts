import { type Precondition } from "cdktf";
import { hcl } from "../terraform/hcl";
import { WINDOW } from "../validation/formats";
import { Validator } from "../validation/validator";
import { type ValueRule } from "../validation/value-rules";

/** The rule that a window is not empty. */
export const LASTING: ValueRule<string> = {
  rule: "not be an empty window",
  holds: (window) => new Set(window.split("-")).size > 1,
  condition: (window) => hcl`length(distinct(split("-", ${window}))) > 1`,
};

/**
 * When an on-demand fallback instance is replaced by a spot instance again. Each revert is a replacement, during which the
 * replica is unavailable.
 */
export class RevertToSpot {
  /** As soon as there is spot capacity. */
  public static readonly ALWAYS = new RevertToSpot("always");
  /** Never automatically: the instance stays on-demand until a user recycles it. */
  public static readonly NEVER = new RevertToSpot("never");

  /**
   * Only in these time windows.
   * @param windows in UTC, such as `Sun:03:00-Sun:05:00`
   */
  public static within(...windows: string[]): RevertToSpot {
    const validator = new Validator();
    validator.list("timeWindows", windows, WINDOW, LASTING);
    return new RevertToSpot("timeWindow", windows, validator.preconditions);
  }

  private constructor(
    /** The name in Spot: `always`, `never` or `timeWindow`. */
    public readonly performAt: string,
    /** The time windows, if `performAt` is `timeWindow`. */
    public readonly timeWindows?: string[],
    /**
     * The preconditions for unknown values.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[] = [],
  ) {}
}
