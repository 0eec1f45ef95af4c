import { type Problem, showProblem } from "../config/problem";
import { styleText } from "node:util";

/** Of what scripts may rely on in `--json`; a new minor version only adds. */
export const FORMAT_VERSION = "1.0";

/** Where a command's text goes. */
export interface Streams {
  readonly stdout: { write(text: string): unknown; isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

export interface OutputOptions {
  /** One JSON object on stdout instead of text. */
  readonly json: boolean;
  readonly color: boolean;
}

/** A warning about a file, by the words after its name. */
export interface Warning {
  readonly file: string;
  readonly message: string;
  /**
   * How grave it is.
   * @default "warning"
   */
  readonly severity?: "warning" | "note";
  /**
   * The rule that it comes from.
   * @default - none
   */
  readonly rule?: string;
}

/** What a command says: data on stdout, talk on stderr. */
export class Output {
  private readonly warnings: Warning[] = [];

  constructor(
    private readonly streams: Streams,
    private readonly options: OutputOptions,
  ) {}

  /** Whether the data is one JSON object. */
  public get json(): boolean {
    return this.options.json;
  }

  /** The command's data: a text, or with `--json` an object. */
  public data(text: string, object: Record<string, unknown>): void {
    if (!this.options.json) this.streams.stdout.write(text);
    else this.writeJson({ ...object, diagnostics: this.warnings.map(warningDiagnostic) });
  }

  /** A line for people. */
  public talk(line: string): void {
    if (!this.options.json) this.streams.stderr.write(`${line}\n`);
  }

  /** A line that deserves attention; with `--json`, a diagnostic. */
  public warn(warning: Warning): void {
    this.warnings.push(warning);
    const { file, severity = "warning", message, rule } = warning;
    this.talk(`${file}: ${severity}: ${message}${rule === undefined ? "" : ` [${rule}]`}`);
  }

  /** All that went wrong, one per line; with `--json`, as `terraform validate -json` says it. */
  public fail(problems: readonly Problem[]): void {
    if (!this.options.json) {
      for (const problem of problems) this.streams.stderr.write(`${showProblem(problem)}\n`);
      return;
    }
    this.writeJson({
      valid: false,
      error_count: problems.length,
      warning_count: this.warnings.filter(({ severity }) => severity !== "note").length,
      diagnostics: [...problems.map(errorDiagnostic), ...this.warnings.map(warningDiagnostic)],
    });
  }

  /** A heading, bold where there is colour. */
  public heading(text: string): string {
    return this.options.color && !this.options.json ? styleText("bold", text) : text;
  }

  private writeJson(object: Record<string, unknown>): void {
    this.streams.stdout.write(
      `${JSON.stringify({ format_version: FORMAT_VERSION, ...object }, undefined, 2)}\n`,
    );
  }
}

function errorDiagnostic({ file, at, message }: Problem): Record<string, unknown> {
  const range = at && { filename: file, start: at, end: at };
  return { severity: "error", summary: message, detail: "", ...(range ? { range } : { filename: file }) };
}

function warningDiagnostic({ file, message, severity = "warning", rule }: Warning): Record<string, unknown> {
  return { severity, summary: message, detail: "", filename: file, ...(rule === undefined ? {} : { rule }) };
}
