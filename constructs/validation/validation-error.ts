import { type IConstruct } from "constructs";
import { type Path, type Prop, pathOf, showPath } from "./path";
import { showGot } from "./got";

/** A property that breaks a rule. */
export class ValidationError extends Error {
  public override readonly name = "ValidationError";
  /** Where the property is. */
  public readonly path: Path;

  constructor(
    prop: Prop,
    /** What it must be, as a message says it after "must". */
    public readonly rule: string,
    public readonly got: unknown,
    /** What to do about it, as a sentence. */
    public readonly advice?: string,
  ) {
    const path = pathOf(prop);
    super(sentence(path, rule, got, advice));
    this.path = path;
  }

  /** The path as messages write it. */
  public get prop(): string {
    return showPath(this.path);
  }
}

/** What went wrong with a property, in the words every message of this package uses. */
export function sentence(path: Path, rule: string, got: unknown, advice?: string): string {
  const subject = path.length === 0 ? "the file" : `\`${showPath(path)}\``;
  return `${subject} must ${rule}, got: ${showGot(path, got)}${advice ? `. ${advice}` : ""}`;
}

/** What constructs found wrong with themselves: their nodes pass on only the messages. */
const validations = new WeakMap<IConstruct, () => readonly ValidationError[]>();

/** Has a construct, once, report errors when its app is synthesized. */
export function addValidation(scope: IConstruct, errors: () => readonly ValidationError[]): void {
  validations.set(scope, errors);
  scope.node.addValidation({ validate: () => errors().map(({ message }) => message) });
}

/** The errors that a construct and those in it report. */
export function validationErrors(scope: IConstruct): ValidationError[] {
  return scope.node.findAll().flatMap((each) => validations.get(each)?.() ?? []);
}
