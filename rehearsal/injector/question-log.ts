import { keyOf, type Question, shortened } from "./question";

export interface QuestionLogOptions {
  /** How many of the latest questions are kept. @default 10000 */
  readonly questions?: number;
  /** For how many different questions occurrences are counted. Then the least recent is dropped. @default 100000 */
  readonly identities?: number;
}

/** Numbers questions and keeps the latest ones in order. */
export class QuestionLog {
  private kept: Question[] = [];
  private total = 0;
  private readonly occurrences = new Map<string, number>();
  private readonly limits: Required<QuestionLogOptions>;

  constructor({ questions = 10_000, identities = 100_000 }: QuestionLogOptions = {}) {
    this.limits = { questions, identities };
  }

  add(connection: number, address: string, words: readonly Buffer[]): Question {
    const command = shortened(words);
    const key = keyOf(address, command);
    const occurrence = (this.occurrences.get(key) ?? 0) + 1;
    this.occurrences.delete(key);
    this.occurrences.set(key, occurrence);
    if (this.occurrences.size > this.limits.identities) {
      const [oldest = ""] = this.occurrences.keys();
      this.occurrences.delete(oldest);
    }
    const question: Question = { number: ++this.total, connection, address, command, occurrence };
    this.kept.push(question);
    if (this.kept.length >= 2 * this.limits.questions) this.kept = this.latest();
    return question;
  }

  /** The latest questions, in the order in which they were asked. */
  latest(): Question[] {
    return this.kept.slice(-this.limits.questions);
  }

  /** Clears all questions; numbers and occurrences start at 1 again. */
  clear(): void {
    this.kept = [];
    this.total = 0;
    this.occurrences.clear();
  }
}
