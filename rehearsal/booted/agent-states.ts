import { setTimeout as sleep } from "node:timers/promises";
import { type Instance } from "../instance";
import { withShortIds } from "../play/short-ids";
import { type Progress } from "../report/progress";
import { until } from "../wait";

const FILE = "/run/redis-replica/state";
/** Milliseconds between two looks. */
const EVERY = 50;
/** Milliseconds that a change of the state may take: longer than W, the longest wait of the agent. */
const PATIENCE = 180_000;

/** The states of the agents on all instances, read from their files, so that looking takes the instances no time. */
export class AgentStates {
  private readonly shown = new Map<string, string>();
  private watches = true;
  private readonly watching: Promise<void>;

  constructor(
    private readonly instances: () => readonly Instance[],
    private readonly progress: Progress,
  ) {
    this.watching = this.watch();
  }

  /** Waits until an instance has this state. */
  async reaches(instance: Instance, state: RegExp): Promise<void> {
    const evidence = async (): Promise<string> =>
      `state: ${this.of(instance)}\n${await instance.journal(40)}`;
    const what = `the agent at ${instance.privateIp} is ${state.source}`;
    await until(what, { timeout: PATIENCE, every: EVERY, evidence }, () => state.test(this.of(instance)));
  }

  async stop(): Promise<void> {
    this.watches = false;
    await this.watching;
  }

  private of(instance: Instance): string {
    return instance.read(FILE).trim();
  }

  private async watch(): Promise<void> {
    while (this.watches) {
      for (const instance of this.instances().filter(({ running }) => running)) {
        const now = this.of(instance);
        // Only the bytes of a full sync have changed.
        const words = now.replace(/\d+/g, "");
        if (now === "" || words === this.shown.get(instance.instanceId)) continue;
        this.shown.set(instance.instanceId, words);
        this.progress.note(`agent at ${instance.privateIp}: ${withShortIds(now)}`, instance.privateIp);
      }
      await sleep(EVERY);
    }
  }
}
