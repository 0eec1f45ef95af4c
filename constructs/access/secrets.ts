import { list, type Shapes } from "../validation/shape";

/** How a message says that there is nothing to read. */
export const SOME_SECRET = "name at least one secret or parameter";

/** What an instance may read. Only names are ever written down here, never what they stand for. */
export interface Secrets {
  /**
   * Secrets of Secrets Manager, by their whole ARNs.
   * @default - none
   */
  readonly secretArns?: string[];
  /**
   * Parameters of the Parameter Store, by their ARNs.
   * @default - none
   */
  readonly parameterArns?: string[];
  /**
   * The keys that encrypt them, by ARN, where those are your own.
   * @default - AWS's own keys, which need no permission
   */
  readonly kmsKeyArns?: string[];
}

/** Their shapes. */
export const SECRETS_SHAPES: Shapes<Secrets> = {
  secretArns: list(),
  parameterArns: list(),
  kmsKeyArns: list(),
};
