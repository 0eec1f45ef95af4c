import { printable, printableLine } from "../config/printable";
import { type Problem, showProblem } from "../config/problem";
import { type Line, render } from "./terminal";

/** The version of the `--json` format; a new minor version only adds. */
export const FORMAT_VERSION = "1.0";

/** The width where the terminal's is unknown. */
const WIDTH = 80;

/** Where a command's text goes, and where answers come from. */
export interface Streams {
  readonly stdin?: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  readonly stderr: { write(text: string): unknown; isTTY?: boolean };
}

export interface OutputOptions {
  /** One JSON object on stdout instead of text. */
  readonly json: boolean;
  readonly color: boolean;
}

/** A warning about a file. */
export interface Warning {
  readonly file: string;
  readonly message: string;
  /**
   * Its severity.
   * @default "warning"
   */
  readonly severity?: "error" | "warning" | "note";
  /**
   * The rule that it comes from.
   * @default - none
   */
  readonly rule?: string;
}

/**
 * The output of a command: data on stdout, diagnostics on stderr. All text is escaped here, since configs and plans can
 * hold characters that control a terminal.
 */
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

  /** Characters in a line. */
  public get width(): number {
    const { columns } = this.streams.stdout;
    return columns === undefined || columns <= 0 ? WIDTH : columns;
  }

  /** The command's data: lines for people, or with `--json` an object. */
  public data(lines: readonly Line[], object: Record<string, unknown>): void {
    if (this.options.json) this.writeJson(object);
    else for (const line of lines) this.streams.stdout.write(`${render(line, this.options.color)}\n`);
  }

  /** Data that is shown again and again: on a terminal it replaces the data before; with `--json`, one line. */
  public frame(lines: readonly Line[], object: Record<string, unknown>): void {
    if (this.options.json) {
      const text = JSON.stringify({ format_version: FORMAT_VERSION, ...object });
      this.streams.stdout.write(`${printable(text)}\n`);
      return;
    }
    // The cursor to the first place, and the screen erased. What was scrolled off it stays.
    if (this.streams.stdout.isTTY) this.streams.stdout.write("\u001b[H\u001b[2J");
    this.data(lines, object);
  }

  /** Whether data goes to a terminal. */
  public get isTerminal(): boolean {
    return this.streams.stdout.isTTY === true;
  }

  /** A line on stderr that replaces the one before, such as a progress; only where stderr is a terminal. */
  public progress(line: string): void {
    if (this.options.json || this.streams.stderr.isTTY !== true) return;
    this.streams.stderr.write(`\r\u001b[K${printableLine(line)}`);
  }

  /** Data in a format of its own, such as a script: unchanged unless it goes to a terminal. */
  public document(text: string, object: Record<string, unknown>): void {
    if (this.options.json) this.writeJson(object);
    else this.streams.stdout.write(this.streams.stdout.isTTY ? printable(text) : text);
  }

  /** A diagnostic for people. */
  public info(line: string): void {
    if (!this.options.json) this.streams.stderr.write(`${printableLine(line)}\n`);
  }

  /** What commander prints about a wrong command line. */
  public usage(text: string): void {
    if (!this.options.json) this.streams.stderr.write(printable(text));
  }

  /** A warning on stderr; with `--json`, a diagnostic. */
  public warn(warning: Warning): void {
    this.record(warning);
    const { file, severity = "warning", message } = warning;
    this.info(`${file}: ${severity}: ${message}`);
  }

  /** A diagnostic for `--json` that the text has elsewhere. */
  public record(warning: Warning): void {
    this.warnings.push(warning);
  }

  /** All errors, one per line; with `--json`, in the format of `terraform validate -json`. */
  public fail(problems: readonly Problem[]): void {
    for (const problem of problems) this.info(showProblem(problem));
    if (!this.options.json) return;
    this.write({
      valid: false,
      error_count: problems.length,
      warning_count: this.warnings.filter(({ severity }) => severity !== "note").length,
      diagnostics: [...problems.map(errorDiagnostic), ...this.warnings.map(warningDiagnostic)],
    });
  }

  private writeJson(object: Record<string, unknown>): void {
    this.write({ ...object, diagnostics: this.warnings.map(warningDiagnostic) });
  }

  private write(object: Record<string, unknown>): void {
    const text = JSON.stringify({ format_version: FORMAT_VERSION, ...object }, undefined, 2);
    // JSON has an escape for each of them, and means the same with it.
    this.streams.stdout.write(`${printable(text)}\n`);
  }
}

function errorDiagnostic({ file, at, message }: Problem): Record<string, unknown> {
  const range = at && { filename: file, start: at, end: at };
  return { severity: "error", summary: message, detail: "", ...(range ? { range } : { filename: file }) };
}

function warningDiagnostic({ file, message, severity = "warning", rule }: Warning): Record<string, unknown> {
  return { severity, summary: message, detail: "", filename: file, ...(rule === undefined ? {} : { rule }) };
}
