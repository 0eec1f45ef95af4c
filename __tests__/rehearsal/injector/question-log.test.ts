import { QuestionLog } from "../../../rehearsal/injector/question-log";

const words = (text: string): Buffer[] => text.split(" ").map((word) => Buffer.from(word));

describe("QuestionLog", () => {
  test("counts how often an address has been asked a command", () => {
    const log = new QuestionLog();
    for (const [address, text] of [
      ["a:1", "GET k"],
      ["b:1", "GET k"],
      ["a:1", "GET k"],
      ["a:1", "GET kk"],
      ["a:1", "get k"],
    ] as const) {
      log.add(1, address, words(text));
    }
    expect(log.latest().map(({ number, occurrence }) => [number, occurrence])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 1],
    ]);
    expect(log.latest()[0]).toEqual({
      ...{ number: 1, connection: 1, address: "a:1", command: ["GET", "k"], occurrence: 1 },
    });
  });

  test("starts at 1 again after it is cleared", () => {
    const log = new QuestionLog();
    log.add(1, "a:1", words("PING"));
    log.clear();
    expect(log.latest()).toEqual([]);
    expect(log.add(1, "a:1", words("PING"))).toMatchObject({ number: 1, occurrence: 1 });
  });

  test("keeps only the latest questions, identities and short words", () => {
    const log = new QuestionLog({ questions: 10, identities: 3 });
    for (let count = 0; count < 95; count++) log.add(1, "a:1", words(`GET ${count}`));
    expect(log.latest().map(({ command }) => command[1])).toEqual(
      Array.from({ length: 10 }, (_, index) => String(85 + index)),
    );
    expect(log.add(1, "a:1", words("GET 94")).occurrence).toBe(2);
    expect(log.add(1, "a:1", words("GET 0")).occurrence).toBe(1);
    const long = log.add(1, "a:1", [
      ...words("MGET"),
      ...Array.from({ length: 100 }, () => Buffer.alloc(1000)),
    ]);
    expect(long.command).toHaveLength(65);
    expect(Math.max(...long.command.map(({ length }) => length))).toBeLessThan(300);
  });
});
