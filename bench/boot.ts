import { gzipSync } from "node:zlib";
import { BootScript, RedisInstall } from "../constructs";
import { hostAgent } from "../rehearsal/agent";
import { type Instance } from "../rehearsal/instance";
import { RedisNode } from "../rehearsal/redis-node";
import { type BenchOptions } from "./bench";
import { BootedCluster, PATIENCE } from "./booted-cluster";
import { fill } from "./fill";
import { recipe } from "./recipe";

export const boots = "always";

const REPLICA = "ssi-replica";

/** First boots from the source and from a package, beside the tutorials' recipe and a bare boot; then looks of the agent. */
export async function measure({ extent, runs, series }: BenchOptions): Promise<void> {
  const megabytes = extent === "tiny" ? 1 : 50;
  const times = runs ?? { full: 5, quick: 3, tiny: 1 }[extent];
  const cluster = await BootedCluster.open();
  try {
    const { stage, watch } = cluster;
    const agent = await hostAgent(stage.mirror);
    const owners = (await stage.masters.nodes(0)).filter(({ slots }) => slots.length > 0);
    // A single replica chooses the master with the lowest node ID. Data in the others would only use memory.
    const filled = owners.reduce((first, node) => (node.id < first.id ? node : first));
    await fill(filled, megabytes);
    const userData = (install: RedisInstall): Buffer => {
      const masters = [stage.masters.addresses[0] ?? ""];
      return gzipSync(new BootScript({ masters, redis: { install }, agent }).text);
    };
    const firstBoot = async (kind: string, text: Buffer): Promise<Instance> => {
      const instance = await cluster.launch(REPLICA, text);
      const { synced } = await watch.untilSynced(instance.privateIp, instance.startedAt.getTime(), PATIENCE);
      const { finished } = await cluster.finished(instance);
      series.add(`${kind}.synced`, "ms", synced);
      series.add(`${kind}.finished`, "ms", finished);
      return instance;
    };
    const discard = async (instance: Instance): Promise<void> => {
      const id = await new RedisNode(instance.privateIp).cli("CLUSTER", "MYID");
      await cluster.interrupt(instance);
      await cluster.forget(REPLICA, id);
    };
    for (let run = 0; run < times; run++) {
      const { multiUser, finished } = await cluster.bareBoot({ isFirst: true });
      series.add("bare.multi-user", "ms", multiUser);
      series.add("bare.finished", "ms", finished);
      await discard(await firstBoot("package", userData(RedisInstall.fromPackage())));
    }
    // A build takes a minute or more, and its duration varies little.
    if (extent !== "tiny") {
      for (let run = 0; run < (extent === "full" ? 3 : 1); run++) {
        await discard(await firstBoot("source", userData(RedisInstall.fromSource(stage.source))));
        await discard(
          await firstBoot("recipe", gzipSync(recipe({ url: stage.source.url, master: filled.address }))),
        );
      }
    }
    const replica = await firstBoot("package", userData(RedisInstall.fromPackage()));
    for (let run = 0; run < times * 3; run++) {
      series.add("look.cpu", "ms", await look(replica));
    }
  } finally {
    await cluster.close();
  }
}

/** CPU milliseconds of one look, which the timer starts every 15 seconds on a healthy replica. */
async function look(instance: Instance): Promise<number> {
  const script = "TIMEFORMAT='%U %S'; time redis-replica reconcile >/dev/null 2>&1";
  const { stderr } = await instance.exec(["bash", "-c", script]);
  const [user = NaN, system = NaN] = stderr.trim().split(" ").map(Number);
  return (user + system) * 1000;
}
