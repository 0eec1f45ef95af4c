import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Outcome } from "../../local/agent";
import { type Cluster } from "./cluster";

/** Longer than W, in seconds. */
const window = 61;

/** An action of the agent in which single questions are made to fail. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** Prepares the action, from a replica in sync. */
  readonly arrange: (cluster: Cluster) => Promise<void>;
  /** The action that is recorded and disturbed. Returns the results of `reconcile`; the unit keeps those of its commands. */
  readonly act: (cluster: Cluster) => Promise<Outcome[]>;
  /** Problems directly after the action. */
  readonly wrong?: (cluster: Cluster) => Promise<string[]>;
  /** The undisturbed `reconcile` run that follows. Returns problems. */
  readonly after: (cluster: Cluster) => Promise<string[]>;
}

async function join_(cluster: Cluster): Promise<Outcome[]> {
  await cluster.unit.start();
  return [await cluster.look("join")];
}

async function start(cluster: Cluster): Promise<Outcome[]> {
  await cluster.unit.start();
  return [];
}

/** Starts the node if it does not run, and checks that it becomes healthy. */
async function healthy(cluster: Cluster): Promise<string[]> {
  await cluster.unit.start();
  const { code, log } = await cluster.look("reconcile");
  const starts = cluster.unit.outcomes.slice(-3).map((each) => JSON.stringify(each));
  return code === 0 ? [] : [`the next reconcile run ended with ${code}: ${log}`, ...starts];
}

/** Promotes the replica, so that its former master follows it. */
async function promote(cluster: Cluster): Promise<void> {
  await cluster.promote(cluster.replica);
}

async function look(cluster: Cluster): Promise<Outcome[]> {
  return [await cluster.look("reconcile")];
}

async function must(cluster: Cluster): Promise<void> {
  const problems = await healthy(cluster);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Makes the replica an owner with an append-only file, whose only replica may not be elected. */
async function serveAlone(cluster: Cluster): Promise<void> {
  await promote(cluster);
  await must(cluster);
  await cluster.bar(true);
  await cluster.write(0, 5, 1);
}

async function stop(cluster: Cluster): Promise<Outcome[]> {
  await cluster.unit.stop();
  return [];
}

/** The RDB of the replica's master. */
function masterDump(cluster: Cluster): string {
  return join(cluster.folderOf(0), "dump.rdb");
}

/** Starts the replica's master; resolves when every master lists it as the owner of its slots. */
async function startMaster(cluster: Cluster): Promise<void> {
  cluster.startMaster(0);
  await cluster.master.untilAnswers();
  await cluster.untilAgreed(cluster.master);
}

/** Checks that the node does not run, or does not report itself as the owner of its slots. */
async function servesNothing(cluster: Cluster): Promise<string[]> {
  const owners = await cluster.owners(0);
  return owners.includes(cluster.replica) ? ["the node serves slots"] : [];
}

/** Checks that the node is refused, also by an undisturbed start: an operator must decide. */
async function refused(cluster: Cluster): Promise<string[]> {
  if (cluster.replica.pid) return ["Redis was started"];
  await cluster.look("retry");
  await cluster.unit.start();
  if (cluster.replica.pid) return ["Redis was started by the undisturbed run"];
  const code = cluster.unit.outcomes.at(-1)?.code;
  return code === 20 ? [] : [`the undisturbed start ended with ${code}`];
}

const data = (cluster: Cluster): string => join(cluster.root, "var/lib");
const image = (cluster: Cluster): string => join(cluster.root, "image");

export const scenes: readonly Scene[] = [
  {
    name: "first-join",
    title: "a node with a blank volume joins",
    arrange: async (cluster) => {
      await cluster.unit.lose();
      await cluster.forgetReplica();
      cluster.newVolume();
      cluster.newInstance();
    },
    act: join_,
    wrong: servesNothing,
    after: healthy,
  },
  {
    name: "recovery",
    title: "another instance continues on kept data",
    arrange: async (cluster) => {
      await cluster.unit.stop();
      await cluster.write(0, 3);
      cluster.newInstance();
    },
    act: join_,
    wrong: servesNothing,
    after: healthy,
  },
  {
    name: "elected",
    title: "the first reconcile run of a node that was elected",
    arrange: promote,
    act: look,
    after: healthy,
  },
  {
    name: "promoted",
    title: "a reconcile run of a node that owns slots and has an append-only file",
    arrange: async (cluster) => {
      await promote(cluster);
      await must(cluster);
      await cluster.write(0, 3, 1);
    },
    act: look,
    after: healthy,
  },
  {
    name: "demoted",
    title: "a reconcile run of a node that owned slots and is a replica again",
    arrange: async (cluster) => {
      await promote(cluster);
      await must(cluster);
      await cluster.promote(cluster.master);
      await cluster.write(0, 3);
    },
    act: look,
    wrong: servesNothing,
    after: healthy,
  },
  {
    name: "stop-replica",
    title: "a replica is stopped",
    arrange: () => Promise.resolve(),
    act: stop,
    after: healthy,
  },
  {
    name: "stop-handed-over",
    title: "a node that owns slots is stopped and hands them over",
    arrange: async (cluster) => {
      await promote(cluster);
      await must(cluster);
      await cluster.write(0, 3, 1);
      cluster.clock.ahead += window;
    },
    act: stop,
    after: healthy,
  },
  {
    name: "stop-owner",
    title: "a node that owns slots is stopped soon after its election, and no other node may be elected",
    arrange: serveAlone,
    act: stop,
    after: healthy,
  },
  {
    name: "return-receipt",
    title: "an owner of slots continues on kept data by its receipt",
    arrange: async (cluster) => {
      await serveAlone(cluster);
      await cluster.unit.stop();
      cluster.newInstance();
    },
    act: join_,
    after: healthy,
  },
  {
    name: "return-aof",
    title: "an owner of slots continues after kill -9 by its append-only file",
    arrange: async (cluster) => {
      await serveAlone(cluster);
      // The file is synced to disk once a second. A killed process loses no data, since the kernel has it.
      await cluster.unit.crash();
    },
    act: join_,
    after: healthy,
  },
  {
    name: "older-image",
    title: "an owner of slots is restored from an older image, and must be refused",
    arrange: async (cluster) => {
      await serveAlone(cluster);
      await cluster.unit.stop();
      cpSync(data(cluster), image(cluster), { recursive: true, preserveTimestamps: true });
      await must(cluster);
      await cluster.untilLinked(cluster.master);
      await cluster.write(0, 5, 1);
      await cluster.unit.lose();
      rmSync(data(cluster), { recursive: true });
      cpSync(image(cluster), data(cluster), { recursive: true, preserveTimestamps: true });
      rmSync(image(cluster), { recursive: true });
      cluster.newInstance();
    },
    act: start,
    wrong: servesNothing,
    after: async (cluster) => {
      const problems = await refused(cluster);
      await cluster.promote(cluster.master, "TAKEOVER");
      // An owner that was started from its append-only file counts its offset from 0: docs/instance.md, "Limits".
      await cluster.look("retry");
      await cluster.unit.start();
      if (!cluster.replica.pid) await cluster.look("accept");
      return problems;
    },
  },
  {
    name: "empty-master",
    title: "the master has come back empty, and must not be followed",
    arrange: async (cluster) => {
      await cluster.unit.stop();
      await cluster.master.ask("SAVE");
      await cluster.master.end("SIGKILL");
      renameSync(masterDump(cluster), `${masterDump(cluster)}.full`);
      await startMaster(cluster);
      cluster.newInstance();
    },
    act: start,
    wrong: servesNothing,
    after: async (cluster) => {
      const problems = await refused(cluster);
      await cluster.master.end("SIGKILL");
      renameSync(`${masterDump(cluster)}.full`, masterDump(cluster));
      await startMaster(cluster);
      return problems;
    },
  },
];

/** Returns from the end of any scene to a replica in sync, with all keys in their shards. */
export async function toBase(cluster: Cluster): Promise<void> {
  cluster.record();
  await cluster.bar(false);
  const owns = (await cluster.owners(0))[0] === cluster.master;
  if (!owns) await cluster.promote(cluster.master, ...(cluster.replica.pid ? [] : ["TAKEOVER"]));
  await cluster.look("retry");
  await must(cluster);
  await must(cluster);
  // The volume must have the data of this history, as after a minute on an instance.
  await cluster.replica.ask("SAVE");
  if (cluster.keys.some((count) => count > 300)) await cluster.trim();
}
