import { type Precondition } from "cdktf";
import { hcl } from "../terraform/hcl";
import { WINDOW } from "../validation/formats";
import { Validator } from "../validation/validator";
import { type ValueRule } from "../validation/value-rules";

/** A window that is one. */
export const LASTING: ValueRule<string> = {
  rule: "end at another time than it begins",
  holds: (window) => new Set(window.split("-")).size > 1,
  condition: (window) => hcl`length(distinct(split("-", ${window}))) > 1`,
};

/**
 * When an instance that fell back to on-demand is replaced by a spot instance again. Each return is a
 * replacement: the replica is away while it lasts.
 */
export class RevertToSpot {
  /** As soon as there is spot capacity. */
  public static readonly ALWAYS = new RevertToSpot("always");
  /** Not by itself: the instance stays on-demand until somebody recycles it. */
  public static readonly NEVER = new RevertToSpot("never");

  /**
   * Only in these windows.
   * @param windows in UTC, such as `Sun:03:00-Sun:05:00`
   */
  public static within(...windows: string[]): RevertToSpot {
    const validator = new Validator();
    validator.list("timeWindows", windows, WINDOW, LASTING);
    return new RevertToSpot("timeWindow", windows, validator.preconditions);
  }

  private constructor(
    /** Spot's own name: `always`, `never` or `timeWindow`. */
    public readonly performAt: string,
    /** The windows, where they decide. */
    public readonly timeWindows?: string[],
    /**
     * What Terraform has to see to.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[] = [],
  ) {}
}
