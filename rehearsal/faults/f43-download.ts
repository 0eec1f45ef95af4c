import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { RedisInstall } from "../../constructs";
import { image } from "../image";
import { hostAddress } from "../network";
import { must } from "../run";
import { serverBuild, serverKind } from "../server-build";
import { endsWell, type Fault, more, namesCause, since } from "./fault";

const NEWER = "redis-8.0";
const HOST = "releases.test";

/** At first the host in the URL does not resolve, as on an instance that cannot reach its resolver or the internet. */
export const fault: Fault = {
  id: "F43",
  title:
    "the server cannot be downloaded: the state names the URL, and the install continues once it is reachable",
  scene: { replicas: 0 },
  servers: [NEWER],
  async run(scene) {
    const archive = await release();
    const path = `redis-${archive.version}.tar.gz`;
    scene.mirror.publish(path, archive.content);
    const url = `http://${HOST}/${path}`;
    const sha256 = createHash("sha256").update(archive.content).digest("hex");
    scene.configure({ install: RedisInstall.fromSource({ version: archive.version, url, sha256 }) });
    const start = Date.now();
    await scene.launch(0);
    const reason = await namesCause(scene, new RegExp(url.replaceAll(".", "\\.")));
    const seconds = since(start);
    await scene.run(0, ["tee", "-a", "/etc/hosts"], `${hostAddress} ${HOST}\n`);
    await scene.inSync(0);
    await more(await scene.write(), 500);
    return { outcome: "joined", seconds, resync: "full", note: reason, ...(await endsWell(scene)) };
  },
};

/** A source release that is already built, so that a run does not take minutes. */
async function release(): Promise<{ readonly version: string; readonly content: Buffer }> {
  const kind = serverKind(NEWER);
  const version = kind.source?.version ?? "";
  const built = (await serverBuild(kind, await image()))?.server ?? "";
  const work = mkdtempSync(join(tmpdir(), "release-"));
  try {
    const source = join(work, `redis-${version}/src`);
    mkdirSync(source, { recursive: true });
    cpSync(dirname(built), source, { recursive: true });
    writeFileSync(join(source, "Makefile"), "redis-server redis-cli:\n");
    await must(["tar", "-czf", join(work, "release.tar.gz"), "-C", work, `redis-${version}`]);
    return { version, content: readFileSync(join(work, "release.tar.gz")) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
