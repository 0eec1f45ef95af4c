import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { removeTree } from "../cache";
import { workDirectory } from "../inside";
import { ProcessWatch } from "../process-watch";
import { run } from "../run";
import { type Scene } from "../scene";
import { endsWell, type Fault, holds, killRedis, more, recovery } from "./fault";
import { rotateCertificate, rotatePassword, securityOf, sha256 } from "./rotation";

/** The only folder that may have secrets. */
const FOLDER = "redis-replica-secrets";

export const fault: Fault = {
  id: "F59",
  title:
    "password and certificate rotated, Redis killed, rebooted, replaced: no secret on a volume, in a log, in user data or in a process list",
  scene: { secured: true, dataVolumes: true },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const watch = ProcessWatch.start(() => (running(scene) ? scene.instance(0).processes : []));
    await more(await scene.write(), 500);
    await rotatePassword(scene);
    await rotateCertificate(scene);
    await killRedis(scene);
    await scene.inSync(0);
    await scene.instance(0).reboot();
    await scene.inSync(0);
    await hasNone(scene, "after a reboot");
    await scene.stop(0, "clean");
    const back = await recovery(scene, { id }, () => scene.launch(0));
    await scene.instance(0).waitForUserData();
    await hasNone(scene, "after a replacement");
    const lists = (await watch.stop()).join("\n");
    holds("processes of the agent were listed", /redis-replica reconcile/.test(lists));
    const listed = forms(scene).filter((form) => lists.includes(form));
    holds(`no secret is in a command line or an environment (${listed.length})`, listed.length === 0);
    const ending = await endsWell(scene);
    await scene.stop(0, "gone");
    await volumesHaveNone(scene, "after a power cut");
    return { outcome: "back", ...back, ...ending };
  },
};

function running(scene: Scene): boolean {
  return scene.fleet.all().some((instance) => instance.running);
}

/** The secrets, and the forms in which the agent or Redis could have written them. */
function forms(scene: Scene): string[] {
  const escaped = (text: string): string => {
    return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  };
  return securityOf(scene).secrets.flatMap((secret) => [secret, sha256(secret), escaped(secret)]);
}

/** Checks all that a user of the instance can read, and all that outlives it. */
async function hasNone(scene: Scene, when: string): Promise<void> {
  const instance = scene.instance(0);
  const root = `/proc/${instance.leader}/root`;
  const inMemory = await filesWith(scene, [join(root, "run", FOLDER)]);
  holds(`the search finds the secrets where they are (${inMemory.join(", ")})`, inMemory.length >= 4);
  const folders = ["run", "tmp", "dev/shm", "var/lib/redis-volume"].map((folder) => join(root, folder));
  const files = await filesWith(scene, folders, [`--exclude-dir=${FOLDER}`]);
  holds(`no file has a secret ${when} (${files.join(", ")})`, files.length === 0);
  const userData = readFileSync(join(root, "var/lib/cloud/seed/nocloud/user-data"));
  const texts = { journal: await instance.journal(1_000_000), "user data": gunzipSync(userData).toString() };
  for (const [name, text] of Object.entries(texts)) {
    holds(`there is a ${name}`, text !== "");
    holds(`the ${name} has no secret ${when}`, !forms(scene).some((form) => text.includes(form)));
  }
  const snapshot = await scene.snapshot(0);
  const disk = await scene.diskSnapshot(0);
  const copies = await filesWith(scene, [snapshot.directory, disk]);
  holds(`no snapshot has a secret ${when} (${copies.join(", ")})`, copies.length === 0);
  await removeTree(snapshot.directory);
  rmSync(disk);
  await volumesHaveNone(scene, when);
}

/** Checks the root volume's files, and every block of the data volume, those of deleted files as well. */
async function volumesHaveNone(scene: Scene, when: string): Promise<void> {
  const places = [scene.fleet.volume("ssi-0").upper, scene.disk(0).file];
  const found = await filesWith(scene, places);
  holds(`no volume has a secret ${when} (${found.join(", ")})`, found.length === 0);
}

/** The files that have one of the secrets. */
async function filesWith(
  scene: Scene,
  places: readonly string[],
  options: readonly string[] = [],
): Promise<string[]> {
  const patterns = join(workDirectory(), "patterns");
  writeFileSync(patterns, `${forms(scene).join("\n")}\n`, { mode: 0o600 });
  const kind = ["--recursive", "--text", "--fixed-strings", "--files-with-matches", "--no-messages"];
  const argv = ["grep", ...kind, ...options, `--file=${patterns}`, "--", ...places];
  const { stdout } = await run(argv, { timeout: 120_000, env: { ...process.env, LC_ALL: "C" } });
  return stdout.split("\n").filter(Boolean);
}
