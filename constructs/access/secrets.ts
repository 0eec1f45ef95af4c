import { list, type Shapes } from "../validation/shape";

/** The rule that at least one secret or parameter is given. */
export const SOME_SECRET = "name at least one secret or parameter";

/** The secrets that an instance may read. Only their ARNs are part of the configuration, never their values. */
export interface Secrets {
  /**
   * Secrets of Secrets Manager, by their complete ARNs.
   * @default - none
   */
  readonly secretArns?: string[];
  /**
   * Parameters of the Parameter Store, by their ARNs.
   * @default - none
   */
  readonly parameterArns?: string[];
  /**
   * The customer managed KMS keys that encrypt them, by ARN.
   * @default - AWS managed keys, which need no permission
   */
  readonly kmsKeyArns?: string[];
}

/** The shapes of the properties of secrets. */
export const SECRETS_SHAPES: Shapes<Secrets> = {
  secretArns: list(),
  parameterArns: list(),
  kmsKeyArns: list(),
};
