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

  /** The answer, which can be empty. Undefined at the end of the input, and at Ctrl-C. */
  public async ask(text: string): Promise<string | undefined> {
    this.lines.setPrompt(`${text}: `);
    this.lines.prompt();
    const answer = await this.answers.next();
    if (answer.done !== true) return answer.value.trim();
    this.output.write("\n");
    return undefined;
  }

  public close(): void {
    this.lines.close();
  }
}
