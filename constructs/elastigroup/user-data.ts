import {
  Fn,
  type IResolvable,
  type IResolveContext,
  Op,
  TerraformLocal,
  Token,
  Tokenization,
  type Precondition,
} from "cdktf";
import { Construct } from "constructs";
import { gzipSync } from "node:zlib";
import { terraformText } from "../terraform/escape";
import { hcl } from "../terraform/hcl";
import { addValidation, ValidationError } from "../validation/validation-error";
import { precondition } from "../validation/value-rules";

/**
 * EC2's limit on user data before base64, in bytes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export const USER_DATA_LIMIT = 16_384;

/** The same limit after base64, in characters. Terraform can measure this at plan time. */
const ENCODED_LIMIT = 4 * Math.ceil(USER_DATA_LIMIT / 3);

export interface UserDataProps {
  /** The script, starting with `#!`. It may contain tokens or be a token. */
  readonly text: string;
}

/**
 * The user data of an instance. The script is readable, line by line, in the synthesized JSON. Terraform compresses it, and
 * the provider sends the bytes unchanged.
 */
export class UserData extends Construct {
  /** The value of `user_data`: the gzipped script in base64. */
  public readonly encoded: string;
  /** SHA-256 of the script in hex. */
  public readonly sha256: string;
  /** Rejects at plan time a script that EC2 would reject at launch, or that is not a script. */
  public readonly preconditions: Precondition[];

  constructor(scope: Construct, id: string, props: UserDataProps) {
    super(scope, id);
    // The provider would send text that is valid base64 as if it were encoded. "#" is not a base64 character.
    const isOpen = startsWithToken(props.text);
    if (!isOpen && !props.text.startsWith("#!"))
      throw new ValidationError("userData", SCRIPT, props.text.slice(0, 20));
    const lines = new TerraformLocal(this, "lines", linesOf(props.text));
    const script = Fn.join("\n", lines.asList);
    this.encoded = Fn.base64gzip(script);
    this.sha256 = Fn.sha256(script);
    this.preconditions = [
      ...(isOpen ? [scriptPrecondition(props.text)] : []),
      {
        condition: Op.lte(Fn.lengthOf(this.encoded), ENCODED_LIMIT),
        errorMessage: `User data must be at most ${USER_DATA_LIMIT} bytes after gzip: EC2 refuses more.`,
      },
    ];
    let errors: ValidationError[] | undefined;
    addValidation(this, () => (errors ??= validateSize(props.text)));
  }
}

const SCRIPT = "start with #!";

function scriptPrecondition(text: string): Precondition {
  return precondition("userData", SCRIPT, hcl`substr(${text}, 0, 20)`, hcl`startswith(${text}, "#!")`);
}

/** Whether the beginning of a text is known only to Terraform. */
function startsWithToken(text: string): boolean {
  const [first] = Tokenization.reverseString(text).tokens;
  return first !== undefined && text.startsWith(Token.asString(first));
}

/** The last compressed script and its size. The scripts of an app are similar, and comparing is faster than compressing. */
let measured = { text: "", size: 0 };

/** The errors in the size of a script. A script with tokens is measured by Terraform. */
export function validateSize(text: string): ValidationError[] {
  if (Token.isUnresolved(text) || measured.size + difference(measured.text, text) <= USER_DATA_LIMIT)
    return [];
  // The fastest level takes a quarter of the time, and its result is usually small enough.
  measured = { text, size: gzipSync(text, { level: 1 }).length };
  if (measured.size <= USER_DATA_LIMIT) return [];
  // Terraform also uses the default level. Its measurement at plan time decides.
  const size = gzipSync(text, { level: 6 }).length;
  return size <= USER_DATA_LIMIT
    ? []
    : [new ValidationError("userData", `be at most ${USER_DATA_LIMIT} bytes after gzip`, size)];
}

/** An upper bound of the bytes that differ between two texts. The difference of their compressed sizes is hardly larger. */
function difference(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const between = (text: string): number => Buffer.byteLength(text.slice(start, text.length - end));
  return between(one) + between(other);
}

/**
 * The lines of a script. They are created at each access, since they take more memory than the script. cdktf resolves each
 * element, and then all of them again: lines with tokens are resolved the first time, and none are left the second time.
 */
function linesOf(text: string): IResolvable {
  const isOpen = Token.isUnresolved(text);
  return new Verbatim((context) => {
    const lines = terraformText(text).split("\n");
    const resolved = isOpen ? lines.map((line) => resolveText(line, context)) : lines;
    return new Verbatim(() => resolved);
  });
}

function resolveText(text: string, context: IResolveContext): string {
  return Token.isUnresolved(text) ? (context.resolve(text) as string) : text;
}

/** A value that cdktf uses unchanged, without a search for tokens in it. */
class Verbatim implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(private readonly value: (context: IResolveContext) => unknown) {}

  public resolve(context: IResolveContext): unknown {
    context.registerPostProcessor({ postProcess: () => this.value(context) });
    return null;
  }

  public toString(): string {
    return Token.asString(this);
  }
}
