/** Work that continues after the response of the API. Work with the same key runs in order, other work in parallel. */
export class Background {
  private readonly chains = new Map<string, Promise<void>>();
  private failures: Error[] = [];

  /** `done` is called after each work, also a failed one. */
  constructor(private readonly done: () => void = () => undefined) {}

  /** Runs the work after all earlier work with the same key. `settle` throws its error. */
  run(key: string, what: string, work: () => Promise<void>): void {
    const chain = (this.chains.get(key) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.failures.push(new Error(`${what}: ${reason}`, { cause: error }));
    });
    this.chains.set(key, chain);
    void chain.then(() => {
      if (this.chains.get(key) === chain) this.chains.delete(key);
      this.done();
    });
  }

  /** Waits until all work is done. Throws the errors since the last call, or an error at the timeout. */
  async settle(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.chains.size > 0) {
      if (!(await inTime(Promise.all(this.chains.values()), end - Date.now()))) {
        throw new Error(`not settled after ${timeoutMs} ms: ${[...this.chains.keys()].join(", ")}`);
      }
    }
    const failures = this.failures;
    this.failures = [];
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
    }
  }
}

async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), Math.max(0, ms))));
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
