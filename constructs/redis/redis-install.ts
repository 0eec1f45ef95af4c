import { type Precondition } from "cdktf";
import { ARCHIVE_URL, PACKAGE, RELEASE, SHA256 } from "../validation/formats";
import { Validator } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";

/** The source of a release. All three properties are required, or none. */
export interface RedisSource {
  /** The release, such as `7.2.15`. */
  readonly version: string;
  /** The HTTP or HTTPS URL of the `.tar.gz`. */
  readonly url: string;
  /** Its SHA-256 in hex. The instance rejects any other file. */
  readonly sha256: string;
}

const VERSION = "7.2.15";

/** The release that is built by default. */
export const DEFAULT_SOURCE: RedisSource = {
  version: VERSION,
  url: `https://download.redis.io/releases/redis-${VERSION}.tar.gz`,
  sha256: "7bf7975331511fdb788e85dae63964b128fccee1df026a10db57444babc9c9c4",
};

/** How Redis is installed on an instance. Its version must not be older than that of the masters. */
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
   * The package of the distribution.
   * @param name the package; default: the first common name that the distribution has
   */
  public static package(name?: string): RedisInstall {
    const validator = new Validator();
    if (name !== undefined) validator.value("redis.package", name, ofFormat(PACKAGE));
    return new RedisInstall("package", validator.preconditions, undefined, name);
  }

  /** The image (AMI) already has redis-server and redis-cli on its PATH. */
  public static image(): RedisInstall {
    return new RedisInstall("image", []);
  }

  private constructor(
    /** `source`, `package` or `image`. */
    public readonly method: string,
    /**
     * The preconditions for unknown values.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[],
    /** The release, if Redis is built from source. */
    public readonly release?: RedisSource,
    /** The name of the package, if given. */
    public readonly packageName?: string,
  ) {}
}
