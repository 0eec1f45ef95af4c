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

/** The same limit after base64, in characters: what Terraform can measure at plan time. */
const ENCODED_LIMIT = 4 * Math.ceil(USER_DATA_LIMIT / 3);

export interface UserDataProps {
  /** The script, starting with `#!`; it may hold tokens, or be one. */
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
  /** Refuse at plan time what EC2 would refuse at launch, and what is no script. */
  public readonly preconditions: Precondition[];

  constructor(scope: Construct, id: string, props: UserDataProps) {
    super(scope, id);
    // A text that happens to be valid base64 would be passed on as if it were encoded; "#" is not in its alphabet.
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

/** Whether only Terraform knows how a text begins. */
function startsWithToken(text: string): boolean {
  const [first] = Tokenization.reverseString(text).tokens;
  return first !== undefined && text.startsWith(Token.asString(first));
}

/** The last script that was compressed, and its size: an app's scripts are nearly the same, and to compare is faster. */
let measured = { text: "", size: 0 };

/** What is wrong with the size of a script; one that holds tokens is measured by Terraform. */
export function validateSize(text: string): ValidationError[] {
  if (Token.isUnresolved(text) || measured.size + difference(measured.text, text) <= USER_DATA_LIMIT)
    return [];
  // The fastest level takes a quarter of the time, and as a rule it fits already.
  measured = { text, size: gzipSync(text, { level: 1 }).length };
  if (measured.size <= USER_DATA_LIMIT) return [];
  // Terraform compresses at its default level too; what it says at plan time is final.
  const size = gzipSync(text, { level: 6 }).length;
  return size <= USER_DATA_LIMIT
    ? []
    : [new ValidationError("userData", `be at most ${USER_DATA_LIMIT} bytes after gzip`, size)];
}

/** Bytes that two texts do not have in common, at most: compressed, one is hardly larger than the other by more. */
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
 * The lines of a script, made only when they are asked for, since they take more memory than the script. cdktf resolves
 * each element and then all of them once more: the first time, lines with tokens are resolved; the second, none is left.
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

/** A value that cdktf takes as it is, without a search for tokens in it. */
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
