/** What Spot weighs when it picks a market (an instance type in a zone) for an instance. */
export class Orientation {
  /** The markets least likely to be interrupted. */
  public static readonly AVAILABILITY = new Orientation("availabilityOriented");
  /** Price and availability alike. */
  public static readonly BALANCED = new Orientation("balanced");
  /** The cheapest markets. */
  public static readonly COST = new Orientation("costOriented");
  /** As many instances in each zone. */
  public static readonly EQUAL_ZONES = new Orientation("equalAzDistribution");

  /**
   * An orientation by Spot's own name, for a value that is new or a token. Another name than those above is sent with a warning.
   * @param value as `orientation` of `spotinst_elastigroup_aws` takes it
   */
  public static of(value: string): Orientation {
    return new Orientation(value);
  }

  private constructor(
    /** Spot's own name. */
    public readonly value: string,
  ) {}
}
