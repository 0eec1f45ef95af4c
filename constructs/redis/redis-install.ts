import { type Precondition } from "cdktf";
import { ARCHIVE_URL, PACKAGE, RELEASE, SHA256 } from "../validation/formats";
import { Validator } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";

/** Where a source release comes from. Give all three, or none. */
export interface RedisSource {
  /** The release, such as `7.2.15`. */
  readonly version: string;
  /** The `.tar.gz` to download, by HTTP(S). */
  readonly url: string;
  /** Its SHA-256 in hex; another file is refused on the instance. */
  readonly sha256: string;
}

const VERSION = "7.2.15";

/** The release that is built by default. */
export const DEFAULT_SOURCE: RedisSource = {
  version: VERSION,
  url: `https://download.redis.io/releases/redis-${VERSION}.tar.gz`,
  sha256: "7bf7975331511fdb788e85dae63964b128fccee1df026a10db57444babc9c9c4",
};

/** How Redis gets onto an instance. Its version must not be older than the masters'. */
export class RedisInstall {
  /** Built once on the instance from a pinned release, and kept on the root volume. Redis 7.2.15 by default. */
  public static source(source: RedisSource = DEFAULT_SOURCE): RedisInstall {
    const validator = new Validator();
    validator.value("redis.version", source.version, ofFormat(RELEASE));
    validator.value("redis.url", source.url, ofFormat(ARCHIVE_URL));
    validator.value("redis.sha256", source.sha256, ofFormat(SHA256));
    return new RedisInstall("source", validator.preconditions, source);
  }

  /**
   * The distribution's package.
   * @param name the package; default: the first of the usual names that the distribution has
   */
  public static package(name?: string): RedisInstall {
    const validator = new Validator();
    if (name !== undefined) validator.value("redis.package", name, ofFormat(PACKAGE));
    return new RedisInstall("package", validator.preconditions, undefined, name);
  }

  /** The machine image already has redis-server and redis-cli on its PATH. */
  public static image(): RedisInstall {
    return new RedisInstall("image", []);
  }

  private constructor(
    /** `source`, `package` or `image`. */
    public readonly method: string,
    /**
     * What Terraform has to see to.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[],
    /** The release, where it is built from source. */
    public readonly release?: RedisSource,
    /** The package's name, where one was given. */
    public readonly packageName?: string,
  ) {}
}
