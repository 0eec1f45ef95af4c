import { type Precondition } from "cdktf";
import { regionConstraints } from "../validation/arn";
import { FILE_PATH, type Format, PARAMETER, SECRET_ARN, SECRET_KEY } from "../validation/formats";
import { type Path } from "../validation/path";
import { oneOf } from "../validation/shape";
import { Validator } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";
import { isFetched } from "./secrets";

/** How a message says what must stand in place of a secret. */
export const SOURCE_RULE =
  "name where instances read it, and not hold the secret itself: exactly one of `secretsManager`, `parameter` and `file`, such as `{ parameter: /redis/password }`";

export interface SecretsManagerOptions {
  /**
   * The key of the value, for a secret whose text is a JSON object.
   * @default - the whole text of the secret
   */
  readonly key?: string;
}

/** Where instances read a secret from. What it is never gets into Terraform, the user data or a disk that is kept. */
export class SecretSource {
  /**
   * A secret of Secrets Manager.
   * @param arn the whole ARN, with its last six characters
   */
  public static secretsManager(arn: string, options: SecretsManagerOptions = {}): SecretSource {
    const { key } = options;
    const validator = new Validator();
    if (key !== undefined) validator.value("secretsManager.key", key, ofFormat(SECRET_KEY));
    return SecretSource.checked("secretsmanager", "secretsManager", arn, SECRET_ARN, validator, key);
  }

  /**
   * A parameter of the Parameter Store, decrypted where it is a SecureString.
   * @param name the name, such as `/redis/password`, or the ARN
   */
  public static parameter(name: string): SecretSource {
    return SecretSource.checked("parameter", "parameter", name, PARAMETER);
  }

  /**
   * A file that the image or the boot script brings.
   * @param path absolute, on the instance
   */
  public static file(path: string): SecretSource {
    return SecretSource.checked("file", "file", path, FILE_PATH);
  }

  private static checked(
    store: string,
    prop: string,
    name: string,
    format: Format,
    validator = new Validator(),
    key?: string,
  ): SecretSource {
    validator.value(prop, name, ofFormat(format));
    return new SecretSource(store, name, validator.preconditions, key);
  }

  private constructor(
    /** `secretsmanager`, `parameter` or `file`. */
    public readonly store: string,
    /** The ARN, the parameter's name or ARN, or the path. */
    public readonly name: string,
    /**
     * What Terraform must check.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[],
    /** The key of the value, where the secret is a JSON object. */
    public readonly key?: string,
  ) {}

  /** How the instance's settings have it, such as `parameter:/redis/password`. */
  public get text(): string {
    return `${this.store}:${this.name}${this.key === undefined ? "" : `#${this.key}`}`;
  }
}

/** Its shape. */
export const SECRET_SOURCE = oneOf(SecretSource, "secretsManager", "parameter", "file");

/** Throws where what a source names is in another region than the instances. */
export function validateSource(validator: Validator, path: Path, source: SecretSource, region: string): void {
  validator.add(source._preconditions);
  if (isFetched(source)) validator.across(regionConstraints(path, source.name, region));
}
