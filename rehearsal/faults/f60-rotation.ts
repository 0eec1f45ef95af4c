import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, since } from "./fault";
import { rotateCertificate, rotatePassword, securityOf, serves } from "./rotation";

export const rotated: Fault = {
  id: "F60",
  title:
    "the replication password and the certificate are rotated under writes: no client error, and the link stays up",
  scene: { secured: true },
  async run(scene) {
    const writer = await scene.write();
    await more(writer, 500);
    const before = await links(scene);
    const start = Date.now();
    await rotatePassword(scene);
    const password = since(start);
    await rotateCertificate(scene);
    const seconds = since(start);
    await more(writer, 500);
    await scene.look(0);
    const { text } = await scene.status(0);
    holds(`it is in sync, without a note (${text})`, /^in sync/.test(text) && !/secrets|password/.test(text));
    const after = await links(scene);
    holds(`the replication link is the same (${before}; ${after})`, before === after);
    const { failed } = writer.counts;
    holds(`no write has failed (${failed})`, failed === 0);
    return { outcome: "back", seconds, note: `password after ${password} s`, ...(await endsWell(scene)) };
  },
};

/** Seconds of validity that are left when the certificate is stored: it is fetched within a minute. */
const LEFT = 150;

export const expired: Fault = {
  id: "F60b",
  title: "the certificate expires: reported before and after, the link stays up, and a new one is taken",
  scene: { secured: true },
  async run(scene) {
    const writer = await scene.write();
    await more(writer, 500);
    const before = await links(scene);
    const end = new Date(Date.now() + LEFT * 1000);
    await rotateCertificate(scene, end);
    const options = { timeout: 60_000, every: 500 };
    await scene.reaches(0, /the certificate expires at/, 60_000);
    await until("it has expired", { ...options, timeout: LEFT * 1000 }, () => Date.now() > end.getTime());
    const note = await scene.reaches(0, /certificate.* expired/, 60_000);
    const start = Date.now();
    const { certificate } = await securityOf(scene).storeCertificate();
    await serves(scene, certificate);
    const seconds = since(start);
    await scene.reaches(0, /^in sync(?!.*certificate)/, 60_000);
    await more(writer, 500);
    const after = await links(scene);
    holds(`the replication link is the same (${before}; ${after})`, before === after);
    holds(`no write has failed (${writer.counts.failed})`, writer.counts.failed === 0);
    return { outcome: "back", seconds, note, ...(await endsWell(scene)) };
  },
};

/** The connections of all replicas by their masters' IDs for them, and the numbers of syncs. */
async function links(scene: Scene): Promise<string> {
  const lists = await Promise.all(
    scene.masters.running.map(({ node }) => node.cli("CLIENT", "LIST", "TYPE", "replica")),
  );
  const ids = lists.flatMap((list) => /^id=\d+/.exec(list)?.[0] ?? []);
  const { master_link_status: link } = await scene.node(0).info("replication");
  return `${ids.join()}, link ${link}, ${JSON.stringify(await scene.syncs())}`;
}
