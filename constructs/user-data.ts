import {
  Fn,
  type IResolvable,
  type IResolveContext,
  Op,
  TerraformLocal,
  Token,
  type Precondition,
} from "cdktf";
import { Construct } from "constructs";
import { gzipSync } from "node:zlib";
import { violation } from "./rules";
import { terraformText } from "./terraform-text";

/**
 * EC2's limit on user data before base64, in bytes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export const USER_DATA_LIMIT = 16_384;

/** The same limit after base64, in characters: what Terraform can measure at plan time. */
const ENCODED_LIMIT = 4 * Math.ceil(USER_DATA_LIMIT / 3);

export interface UserDataProps {
  /** The script, starting with `#!`; it may hold tokens. */
  readonly text: string;
}

/**
 * A script on its way into an instance. It stays readable, line by line, in the synthesized JSON and is
 * compressed by Terraform, which the provider passes on byte for byte.
 */
export class UserData extends Construct {
  /** What `user_data` takes: the gzipped script in base64. */
  public readonly encoded: string;
  /** SHA-256 of the script in hex. */
  public readonly sha256: string;
  /** Refuses at plan time what EC2 would refuse at launch. */
  public readonly precondition: Precondition;

  constructor(scope: Construct, id: string, props: UserDataProps) {
    super(scope, id);
    // A text that happens to be valid base64 would be passed on as if it were encoded; "#" is not in its alphabet.
    if (!props.text.startsWith("#!"))
      throw new Error(violation("userData", "start with #!", props.text.slice(0, 20)));
    const lines = new TerraformLocal(this, "lines", literalLines(props.text));
    const script = Fn.join("\n", lines.asList);
    this.encoded = Fn.base64gzip(script);
    this.sha256 = Fn.sha256(script);
    this.precondition = {
      condition: Op.lte(Fn.lengthOf(this.encoded), ENCODED_LIMIT),
      errorMessage: `User data must be at most ${USER_DATA_LIMIT} bytes after gzip: EC2 refuses more.`,
    };
    let problems: string[] | undefined;
    this.node.addValidation({ validate: () => (problems ??= checkSize(props.text)) });
  }
}

/** What is wrong with the size of a script; one that holds tokens is measured by Terraform. */
export function checkSize(text: string): string[] {
  if (Token.isUnresolved(text)) return [];
  // Terraform compresses at its default level too; what it says at plan time is final.
  const size = gzipSync(text, { level: 6 }).length;
  return size <= USER_DATA_LIMIT
    ? []
    : [violation("userData", `be at most ${USER_DATA_LIMIT} bytes after gzip`, size)];
}

/** The lines; of a text without tokens, lines that cdktf does not search for any, three times over. */
function literalLines(text: string): string[] | IResolvable {
  const lines = terraformText(text).split("\n");
  return Token.isUnresolved(text) ? lines : new Literal(lines);
}

/** A value that is taken as it is. */
class Literal implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(private readonly value: unknown) {}

  public resolve(context: IResolveContext): unknown {
    context.registerPostProcessor({ postProcess: () => this.value });
    return null;
  }

  public toString(): string {
    return Token.asString(this);
  }
}
