/** Whether a replica may be promoted when its master fails. */
export class Failover {
  /** Yes, from the moment its offset has caught up after a start. */
  public static readonly ALLOWED = new Failover("allowed");
  /** No: the shard waits for its master. */
  public static readonly NEVER = new Failover("never");

  /**
   * By name, for a value that is a token.
   * @param value `allowed` or `never`
   */
  public static of(value: string): Failover {
    return new Failover(value);
  }

  private constructor(
    /** `allowed` or `never`. */
    public readonly value: string,
  ) {}
}
