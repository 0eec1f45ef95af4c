import { word } from "../validation/known-words";

/** Whether a replica may be promoted when its master fails. */
export class Failover {
  /** A replica may be promoted once its offset has caught up after a start. */
  public static readonly ALLOWED = new Failover("allowed");
  /** A replica is never promoted: the shard is unavailable until its master is back. */
  public static readonly NEVER = new Failover("never");

  /**
   * A value by its name, for a value that is a token. A name other than those above is refused, since the agent on the
   * instance does not know it.
   * @param value `allowed` or `never`
   */
  public static of(value: string): Failover {
    return new Failover(word(value));
  }

  private constructor(
    /** `allowed` or `never`. */
    public readonly value: string,
  ) {}
}
