import { createInterface, type Interface } from "node:readline";

/** Asks questions on a terminal, one line each. */
export class Prompt {
  private readonly lines: Interface;
  // Lines that are typed ahead wait here; `question()` of the interface would lose them.
  private readonly answers: AsyncIterator<string>;

  constructor(
    input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
  ) {
    this.lines = createInterface({ input, output });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  /** The answer, or the default if it is empty. Throws at the end of the input, and at Ctrl-C. */
  public async ask(text: string, fallback: string): Promise<string> {
    this.lines.setPrompt(`${text} [${fallback}]: `);
    this.lines.prompt();
    const answer = await this.answers.next();
    if (answer.done !== true) return answer.value.trim() || fallback;
    this.output.write("\n");
    throw new Error("stopped before the last answer; no file was written");
  }

  public close(): void {
    this.lines.close();
  }
}
