import { writeFileSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeTree } from "../cache";
import { holds, more, nothingLost, since } from "../faults/fault";
import { Scene } from "../scene";
import { type Snapshot } from "../volume";
import { until } from "../wait";
import { type Writer } from "../writer";
import { type SoakResult } from "./command";
import { draw, type Round, size, type Step, winnable, words } from "./plan";
import { Questions } from "./questions";

const SHARDS = 3;
/** Milliseconds within which the cluster must recover: twice W, an election and a boot. */
const PATIENCE = 180_000;
/** Milliseconds of a recovery in which questions still fail. */
const DISTURBED = 10_000;

/** Runs one cluster through many faults. It must recover from each round before the next one starts. */
class Soak {
  private readonly ids: string[] = [];
  /** For each shard the index of its on-demand server. */
  private readonly servers: number[] = [];
  private readonly writers: Writer[] = [];

  private constructor(
    private readonly scene: Scene,
    private readonly questions?: Questions,
  ) {}

  /** With a seed for it, questions of the agents fail. */
  static async open(injected?: number): Promise<Soak> {
    const scene = await Scene.open({ replicas: SHARDS });
    const questions = injected === undefined ? undefined : await Questions.open(scene, injected);
    const soak = new Soak(scene, questions);
    for (let shard = 0; shard < SHARDS; shard++) {
      soak.ids.push(await scene.node(shard).cli("CLUSTER", "MYID"));
      soak.servers.push(await scene.masterOf(shard));
      await scene.instance(shard).waitForUserData();
      await questions?.reroute(shard);
    }
    return soak;
  }

  /** Plays a round and returns a line with its result. */
  async play(round: Round, number: number): Promise<string> {
    const { scene } = this;
    const images = new Map<number, Snapshot>();
    for (const { shard, kind } of round) {
      if (kind === "restore") images.set(shard, await scene.snapshot(shard));
    }
    const writer = await scene.write(`soak-${number}`);
    this.writers.push(writer);
    await more(writer, 0);
    const serves = await Promise.all(this.ids.map((_, shard) => this.machineServes(shard)));
    const steps = winnable(round, serves);
    const start = Date.now();
    this.disturb(true);
    await Promise.all(
      steps.map((step) => sleep(step.delay).then(() => this.act(step, images.get(step.shard)))),
    );
    const calm = setTimeout(() => this.disturb(false), DISTURBED);
    try {
      await this.heal();
    } finally {
      clearTimeout(calm);
      this.disturb(false);
    }
    const seconds = since(start);
    const { acknowledged, lostPlain } = nothingLost(await scene.verdict());
    holds("every server answers", await scene.mastersAnswer());
    await this.equal();
    for (const { directory } of images.values()) await removeTree(directory);
    const lost = lostPlain > 0 ? ` (OK only: ${lostPlain})` : "";
    const failed = this.questions ? `, ${this.questions.count()}` : "";
    return `${words(steps)}: healed after ${seconds} s, acknowledged ${acknowledged}, lost 0${lost}${failed}`;
  }

  /** Checks at the end that no acknowledged write of any round is gone. */
  async verdict(): Promise<{ readonly acknowledged: number; readonly lost: number }> {
    let [acknowledged, lost] = [0, 0];
    for (const writer of this.writers) {
      const verdict = await writer.verify(this.addresses());
      acknowledged += verdict.acknowledged;
      lost += verdict.lostAcknowledged;
    }
    return { acknowledged, lost };
  }

  async close(): Promise<void> {
    await this.scene.close();
    await this.questions?.close();
  }

  private disturb(failing: boolean): void {
    if (this.questions) this.questions.failing = failing;
  }

  /** Runs a fault, and the second fault that occurs during its recovery. */
  private async act({ second, ...first }: Step, image: Snapshot | undefined): Promise<void> {
    await this.hit(first, image);
    if (!second) return;
    await sleep(second.after);
    await this.hit({ ...first, kind: second.kind, away: second.away }, undefined);
  }

  private async hit(step: Step, image: Snapshot | undefined): Promise<void> {
    const { scene } = this;
    const { shard, kind, away } = step;
    if (kind === "kill") {
      await this.signal(shard, "KILL");
    } else if (kind === "reboot") {
      await scene.instance(shard).reboot();
    } else if (kind === "unplug") {
      await scene.network.unplug(scene.address(shard));
      await sleep(away * 1000);
      await scene.network.plug(scene.address(shard));
    } else if (kind === "hang") {
      await this.signal(shard, "STOP");
      await sleep(away * 1000);
      await this.signal(shard, "CONT");
    } else if (kind === "stall") {
      const server = scene.masters.server(this.servers[shard] ?? 0);
      server.freeze(true);
      await sleep(away * 1000);
      server.freeze(false);
    } else if (kind === "server") {
      await this.serverAway(shard, away);
    } else {
      await this.replace(step, image);
    }
  }

  /** Sends a signal to Redis on a machine. Does nothing if Redis is not running. */
  private async signal(shard: number, name: "KILL" | "STOP" | "CONT"): Promise<void> {
    const selection = name === "KILL" ? [] : ["--kill-whom=main"];
    await this.scene.instance(shard).exec(["systemctl", "kill", ...selection, "-s", name, "redis-replica"]);
  }

  private async replace({ shard, kind }: Step, image: Snapshot | undefined): Promise<void> {
    const { scene } = this;
    const volume = scene.fleet.volume(`ssi-${shard}`);
    await scene.stop(shard, kind === "lose" || kind === "restore" ? "gone" : "clean");
    if (kind === "forget") {
      const others = this.addresses().filter((address) => address !== scene.address(shard));
      await Promise.all(
        others.map((address) => {
          // If the node is not listed yet, there is nothing to forget.
          return scene
            .nodeAt(address)
            .cli("CLUSTER", "FORGET", this.ids[shard] ?? "")
            .catch(() => "");
        }),
      );
    }
    if (kind === "damage") await truncate(join(volume.upper, "var/lib/redis/nodes.conf"), 100);
    if (image) await volume.restore(image);
    await scene.launch(shard);
  }

  /** Kills the server's process. If it was the owner, it stays down until the machine serves. */
  private async serverAway(shard: number, away: number): Promise<void> {
    const server = this.scene.masters.server(this.servers[shard] ?? 0);
    const served = !(await this.machineServes(shard));
    await server.kill();
    if (served) {
      await until(`machine ${shard} serves`, { timeout: 60_000 }, () =>
        this.machineServes(shard).catch(() => false),
      );
    } else {
      await sleep(away * 1000);
    }
    await server.start();
  }

  private async machineServes(shard: number): Promise<boolean> {
    return (await this.scene.node(shard).cli("ROLE")).startsWith("master");
  }

  /** Waits until all nodes are live, every replica's link is up, and every agent's state is in sync or promoted. */
  private async heal(): Promise<void> {
    const { scene } = this;
    let trouble = "";
    const evidence = async (): Promise<string> => {
      const machines = await Promise.all(
        this.ids.map(async (_, shard) => {
          const state = await scene.status(shard).catch(String);
          return `--- machine ${shard}: ${JSON.stringify(state)}\n${await scene.instance(shard).journal(60)}`;
        }),
      );
      return [trouble, await scene.masters.cli(0, "CLUSTER", "NODES").catch(String), ...machines].join("\n");
    };
    await until("everything is back", { timeout: PATIENCE, every: 200, evidence }, async () => {
      trouble = await this.trouble().catch((error: unknown) => String(error));
      return trouble === "";
    });
  }

  /** The first problem of the cluster; empty if there is none. */
  private async trouble(): Promise<string> {
    const addresses = this.addresses();
    for (const address of addresses) {
      const node = this.scene.nodeAt(address);
      if ((await node.clusterState()) !== "ok") return `${address}: the cluster state is not ok`;
      const seen = await node.nodes();
      const bad = seen.find(
        ({ flags, connected }) => !connected || flags.some((flag) => /^(fail|handshake|noaddr)/.test(flag)),
      );
      if (bad ?? seen.length !== addresses.length) return `${address}: ${JSON.stringify(bad ?? seen)}`;
      const info = await node.info("replication");
      if (info["role"] === "slave" && info["master_link_status"] !== "up") return `${address}: link down`;
    }
    for (const [shard, id] of this.ids.entries()) {
      if ((await this.scene.node(shard).cli("CLUSTER", "MYID")) !== id)
        return `machine ${shard} is another node`;
      const wanted = (await this.machineServes(shard)) ? /^promoted/ : /^in sync/;
      const { text } = await this.scene.status(shard);
      if (!wanted.test(text)) return `machine ${shard}: ${text}`;
    }
    return "";
  }

  /** Waits until every replica has its master's contents. No client writes meanwhile. */
  private async equal(): Promise<void> {
    for (const address of this.addresses()) {
      const node = this.scene.nodeAt(address);
      await until(`${address} has its master's contents`, { timeout: 30_000, every: 200 }, async () => {
        const info = await node.info("replication");
        if (info["role"] === "master") return true;
        return (await node.digest()) === (await this.scene.nodeAt(info["master_host"] ?? "").digest());
      });
    }
  }

  private addresses(): string[] {
    return [...this.scene.masters.addresses, ...this.ids.map((_, shard) => this.scene.address(shard))];
  }
}

/** `tsx soak.ts FAULTS SEED FIRST LAST INJECT FILE`, in an enclosure: leaves in the file which round failed. */
async function main(
  faults: number,
  seed: number,
  first: number,
  last: number,
  inject: number,
): Promise<SoakResult> {
  const log = (text: string): void => void process.stdout.write(`${text}\n`);
  const { rounds } = draw(faults, seed, SHARDS);
  const soak = await Soak.open(inject ? seed : undefined);
  const start = Date.now();
  let played = 0;
  let number = first;
  try {
    for (; number <= last; number++) {
      const round = rounds[number - 1] ?? [];
      log(`${number}/${rounds.length}: ${await soak.play(round, number)}`);
      played += size(round);
    }
    number = last;
    const { acknowledged, lost } = await soak.verdict();
    log(
      `${played} faults in ${Math.round(since(start) / 60)} min, seed ${seed}: ${acknowledged} acknowledged, ${lost} lost`,
    );
    return lost === 0 ? {} : { failed: last };
  } catch (error) {
    const round = words(rounds[number - 1] ?? []);
    log(`round ${number} (${round}): ${error instanceof Error ? error.message : String(error)}`);
    return { failed: number };
  } finally {
    await soak.close();
  }
}

if (require.main === module) {
  const [faults = 1, seed = 1, first = 1, last = 1, inject = 0] = process.argv.slice(2, 7).map(Number);
  const file = process.argv[7] ?? "";
  void main(faults, seed, first, last, inject)
    .then((result) => {
      writeFileSync(file, JSON.stringify(result));
      process.exit(result.failed === undefined ? 0 : 1);
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(2);
    });
}
