import { type IConstruct } from "constructs";
import { type Path, type Prop, pathOf, showPath } from "./path";
import { showGot } from "./got";

/** A property that violates a rule. */
export class ValidationError extends Error {
  public override readonly name = "ValidationError";
  /** The path of the property. */
  public readonly path: Path;

  constructor(
    prop: Prop,
    /** The text of the rule in messages, after "must". */
    public readonly rule: string,
    public readonly got: unknown,
    /** What to do about it, as a sentence. */
    public readonly advice?: string,
  ) {
    const path = pathOf(prop);
    super(sentence(path, rule, got, advice));
    this.path = path;
  }

  /** The path in the format of messages. */
  public get prop(): string {
    return showPath(this.path);
  }
}

/** The message about a property, in the format of all messages of this package. */
export function sentence(path: Path, rule: string, got: unknown, advice?: string): string {
  const subject = path.length === 0 ? "the file" : `\`${showPath(path)}\``;
  return `${subject} must ${rule}, got: ${showGot(path, got)}${advice ? `. ${advice}` : ""}`;
}

/** The errors of constructs. The nodes of constructs keep only their messages. */
const validations = new WeakMap<IConstruct, () => readonly ValidationError[]>();

/** Makes a construct report errors when its app is synthesized. */
export function addValidation(scope: IConstruct, errors: () => readonly ValidationError[]): void {
  validations.set(scope, errors);
  scope.node.addValidation({ validate: () => errors().map(({ message }) => message) });
}

/** The errors of a construct and its children. */
export function validationErrors(scope: IConstruct): ValidationError[] {
  return scope.node.findAll().flatMap((each) => validations.get(each)?.() ?? []);
}
