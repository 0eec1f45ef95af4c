import { word } from "../validation/known-words";

/** How Spot chooses the market (an instance type in a zone) for an instance. */
export class Orientation {
  /** Markets with the lowest probability of interruptions. */
  public static readonly AVAILABILITY = new Orientation("availabilityOriented");
  /** A balance of price and availability. */
  public static readonly BALANCED = new Orientation("balanced");
  /** The cheapest markets. */
  public static readonly COST = new Orientation("costOriented");
  /** The same number of instances in each zone. */
  public static readonly EQUAL_ZONES = new Orientation("equalAzDistribution");

  /**
   * An orientation by its name in Spot, for a value that is new or a token. An unknown name causes a warning.
   * @param value a value of `orientation` of `spotinst_elastigroup_aws`
   */
  public static of(value: string): Orientation {
    return new Orientation(word(value));
  }

  private constructor(
    /** The name in Spot. */
    public readonly value: string,
  ) {}
}
