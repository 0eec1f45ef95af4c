import { must, mustMatch } from "./rules";

/** Where a source release comes from. Give all three, or none. */
export interface RedisSource {
  /** The release, such as `7.2.15`. */
  readonly version: string;
  /** The `.tar.gz` to download, by HTTP(S). */
  readonly url: string;
  /** Its SHA-256 in hex; another file is refused on the instance. */
  readonly sha256: string;
}

const DEFAULT_SOURCE: RedisSource = {
  version: "7.2.15",
  url: "https://download.redis.io/releases/redis-7.2.15.tar.gz",
  sha256: "7bf7975331511fdb788e85dae63964b128fccee1df026a10db57444babc9c9c4",
};

/** How Redis gets onto an instance. Its version must not be older than the masters'. */
export class RedisInstall {
  /** Built once on the instance from a pinned release, and kept on the root volume. Redis 7.2.15 unless told. */
  public static source(source: RedisSource = DEFAULT_SOURCE): RedisInstall {
    mustMatch("redis.version", source.version, /^\d+\.\d+\.\d+$/, "be a release such as 7.2.15");
    mustMatch("redis.url", source.url, /^https?:\/\/\S+\.tar\.gz$/, "be the URL of a .tar.gz");
    mustMatch("redis.sha256", source.sha256, /^[0-9a-f]{64}$/, "be 64 digits of lower-case hex");
    return new RedisInstall("source", source);
  }

  /**
   * The distribution's package.
   * @param name the package; default: the first of the usual names that the distribution has
   */
  public static package(name?: string): RedisInstall {
    must("redis.package", "not be empty", name, name !== "");
    return new RedisInstall("package", undefined, name);
  }

  /** The machine image already has redis-server and redis-cli on its PATH. */
  public static image(): RedisInstall {
    return new RedisInstall("image");
  }

  private constructor(
    /** `source`, `package` or `image`. */
    public readonly method: string,
    /** The release, where it is built from source. */
    public readonly release?: RedisSource,
    /** The package's name, where one was given. */
    public readonly packageName?: string,
  ) {}
}
