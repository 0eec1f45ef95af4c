import { setTimeout as sleep } from "node:timers/promises";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { Pipeline, type RawCommand } from "../cluster/pipeline";
import { ServerError } from "../cluster/reply-reader";
import { keysOf, randomValue, VALUE_BYTES } from "./fill";

/** Keys that are overwritten, so that the size of the data stays the same. */
const KEYS = 5000;
/** Milliseconds between two batches. */
const TICK = 50;
const TIMEOUT = 30_000;

/** Overwrites keys of one master at a constant rate. */
export class SteadyWrites {
  private runs = true;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly pipeline: Pipeline,
    private readonly keys: readonly string[],
    private readonly bytesPerSecond: number,
  ) {
    this.loop = this.run();
    this.loop.catch(() => undefined); // reported by `stop`
  }

  static async start(owner: ClusterNode, bytesPerSecond: number): Promise<SteadyWrites> {
    const pipeline = await Pipeline.open({ host: owner.address, port: owner.port }, {}, TIMEOUT);
    return new SteadyWrites(pipeline, [...keysOf(owner, KEYS)], bytesPerSecond);
  }

  /** Throws if a write failed. */
  async stop(): Promise<void> {
    this.runs = false;
    await this.loop.finally(() => this.pipeline.close());
  }

  private async run(): Promise<void> {
    const begin = Date.now();
    for (let written = 0; this.runs; await sleep(TICK)) {
      const due = Math.floor((((Date.now() - begin) / 1000) * this.bytesPerSecond) / VALUE_BYTES);
      const batch: RawCommand[] = [];
      for (; written < due; written++) batch.push(["SET", this.keys[written % KEYS] ?? "", randomValue()]);
      const refused = (await this.pipeline.send(batch)).find((reply) => reply instanceof ServerError);
      if (refused instanceof ServerError) throw refused;
    }
  }
}
