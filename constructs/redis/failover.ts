/** Whether a replica may be promoted when its master fails. */
export class Failover {
  /** Yes, from the moment its offset has caught up after a start. */
  public static readonly ALLOWED = new Failover("allowed");
  /** No: the shard waits for its master. */
  public static readonly NEVER = new Failover("never");

  /**
   * By name, for a value that is a token. Another name than those above is refused: the agent on the instance gives them
   * their meaning, and knows no others.
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
