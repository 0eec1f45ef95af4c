import { type Precondition } from "cdktf";
import { ARCHIVE_URL, PACKAGE, RELEASE, SHA256 } from "../validation/formats";
import { Validator } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";

/** The release to build: one that this package knows, or any other by `url` and `sha256`. */
export interface RedisSource {
  /**
   * The release, such as `7.2.15`.
   * @default - Redis 7.2.15 or Valkey 8.1.9
   */
  readonly version?: string;
  /**
   * The HTTP or HTTPS URL of the `.tar.gz`.
   * @default - that of the release on the engine's own site
   */
  readonly url?: string;
  /**
   * Its SHA-256 in hex. The instance rejects any other file.
   * @default - that of the release
   */
  readonly sha256?: string;
}

/** How the server is installed on an instance. Its version must not be older than that of the masters. */
export class RedisInstall {
  /** Built once on the instance from a pinned release, and kept on the root volume. */
  public static fromSource(source: RedisSource = {}): RedisInstall {
    const { version, url, sha256 } = source;
    const validator = new Validator();
    if (version !== undefined) validator.value("redis.version", version, ofFormat(RELEASE));
    if (url !== undefined) validator.value("redis.url", url, ofFormat(ARCHIVE_URL));
    if (sha256 !== undefined) validator.value("redis.sha256", sha256, ofFormat(SHA256));
    return new RedisInstall("source", validator.preconditions, source);
  }

  /**
   * The package of the distribution.
   * @param name the package; default: the first common name of the engine that the distribution has
   */
  public static fromPackage(name?: string): RedisInstall {
    const validator = new Validator();
    if (name !== undefined) validator.value("redis.package", name, ofFormat(PACKAGE));
    return new RedisInstall("package", validator.preconditions, undefined, name);
  }

  /** The image (AMI) already has the engine's server and client on its PATH, such as redis-server and redis-cli. */
  public static fromImage(): RedisInstall {
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
    /** The release as given, if the server is built from source. */
    public readonly release?: RedisSource,
    /** The name of the package, if given. */
    public readonly packageName?: string,
  ) {}
}
