/** The servers that a replica can be. */
export const ENGINES = ["redis", "valkey"] as const;

/** The name of an engine, as its programs and archives have it. */
export type EngineName = (typeof ENGINES)[number];

/** The server that a replica runs. Masters of the other engine can be followed where it can read their data. */
export class RedisEngine {
  /** https://redis.io */
  public static readonly REDIS = new RedisEngine("redis");
  /** https://valkey.io */
  public static readonly VALKEY = new RedisEngine("valkey");

  private constructor(
    /**
     * As the catalogue has it.
     * @internal
     */
    public readonly _name: EngineName,
  ) {}

  /** `redis` or `valkey`. */
  public get value(): string {
    return this._name;
  }
}
