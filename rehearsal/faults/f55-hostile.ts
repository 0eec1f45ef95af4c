import { type Scene } from "../scene";
import { COMMAND, HostilePeer } from "../hostile-peer";
import { until } from "../wait";
import { endsWell, type Fault, holds, killRedis, more, namesCause, recovery, shell } from "./fault";

/** A file that only root may read, and its content. */
const SECRET = "/root/secret";
const NEEDLE = "needle-8f3a";

/** The files of root that must not change: those that the links lead to, and those beside them. */
const FINGERPRINT = `find /etc /root -xdev -type f ! -path '/etc/redis-replica/*' -exec sha256sum {} + | sort
ls -A /root /etc/redis-replica; stat -c '%U %a %n' /etc/shadow ${SECRET}`;

/** Run as Redis's user: replaces files that root and the agent open while Redis runs. */
const TRAPS = `cd /var/lib/redis
rm -rf kept appendonlydir
ln -s /root kept
ln -s /root appendonlydir
mkfifo receipt
ln -s ${SECRET} temp-1.rdb`;

/** Run while Redis is stopped: replaces its data by a link to a file that only root can read. */
const SWAP = `cd /var/lib/redis && mv dump.rdb real.rdb && ln -s ${SECRET} dump.rdb`;
const SWAP_BACK = "cd /var/lib/redis && mv real.rdb dump.rdb";

const redisProcess: Fault = {
  id: "F55a",
  title: "a hostile Redis process puts links and pipes into its folder: no file of root is read or changed",
  async run(scene) {
    await scene.instance(0).waitForUserData();
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await shell(scene, `umask 077 && echo ${NEEDLE} >${SECRET}`);
    const before = await shell(scene, FINGERPRINT);
    await more(await scene.write(), 1000);
    await as(scene, "redis", TRAPS);
    await scene.look(0);
    await scene.inSync(0);
    const back = await recovery(scene, { id }, () => scene.run(0, ["systemctl", "restart", "redis-replica"]));
    await scene.run(0, ["systemctl", "stop", "redis-replica"]);
    await as(scene, "redis", SWAP);
    await scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    const note = await namesCause(scene, /dump\.rdb/);
    const link = await shell(scene, "readlink /var/lib/redis/dump.rdb || true");
    if (link.trim() === SECRET) await as(scene, "redis", SWAP_BACK);
    await scene.inSync(0, 90_000);
    const journal = await scene.instance(0).journal(5000);
    holds("no reason and no log has content that only root can read", !journal.includes(NEEDLE));
    const after = await shell(scene, FINGERPRINT);
    holds(`no file of root is changed\n${difference(before, after)}`, after === before);
    return { outcome: "back", ...back, note, ...(await endsWell(scene)) };
  },
};

/** A listener that answers OK to every command, so that it can be taken for Redis. */
const LISTENER = `exec python3 -c '
import socketserver
class Answer(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(4096):
            self.request.sendall(b"+OK\\r\\n")
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("0.0.0.0", 6379), Answer).serve_forever()
'`;

/** Commands that a local user may not run; each must fail. */
const FORBIDDEN = [
  "flock --nonblock /run/redis-replica/lock true",
  "touch /run/redis-replica/refused",
  "rm -f /run/redis-replica/state",
  "mv /run/redis-replica /run/elsewhere",
  "ls /var/lib/redis-replica",
  "ls /var/lib/redis",
  "touch /etc/redis-replica/hooks.d/promoted",
  "echo x >>/usr/local/lib/redis-replica/decide.py",
];

const localUser: Fault = {
  id: "F55b",
  title:
    "a hostile local user listens on Redis's port and tries to change the agent's files: the state names the user",
  async run(scene) {
    await scene.instance(0).waitForUserData();
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await more(await scene.write(), 1000);
    for (const command of FORBIDDEN) {
      const { code } = await scene.instance(0).exec(user("nobody", command));
      holds(`another user cannot: ${command}`, code !== 0);
    }
    await scene.run(0, ["systemctl", "stop", "redis-replica"]);
    const unit = "hostile-listener";
    const argv = ["systemd-run", `--unit=${unit}`, "--property=User=nobody", "sh", "-c", LISTENER];
    await scene.run(0, argv);
    const listens = ["sh", "-c", "grep -q ':18EB ' /proc/net/tcp"];
    await until("it listens", { timeout: 10_000 }, async () => {
      return (await scene.instance(0).exec(listens)).code === 0;
    });
    await scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    const note = await namesCause(scene, /port 6379 is in use by a process of user 65534/);
    const back = await recovery(scene, { id, timeout: 60_000 }, () => {
      return scene.run(0, ["systemctl", "stop", unit]);
    });
    return { outcome: "back", ...back, note, ...(await endsWell(scene)) };
  },
};

const peer: Fault = {
  id: "F55c",
  title:
    "a hostile process answers in a master's place: no majority is forged, and none of its commands is run",
  async run(scene) {
    await scene.instance(0).waitForUserData();
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 1000);
    const place = await scene.masterOf(0);
    const other = (place + 1) % 3;
    const nodes = lies(await scene.masters.nodes(other));
    await scene.masters.kill(other);
    const { network } = scene;
    const hostile = await HostilePeer.start({ network, address: scene.masters.server(other).address, nodes });
    try {
      for (let look = 0; look < 4; look++) await scene.look(0);
      await killRedis(scene);
      await until("it follows its master again", { timeout: 60_000 }, async () => {
        const info = await scene
          .node(0)
          .info("replication")
          .catch(() => undefined);
        return info?.["master_link_status"] === "up";
      });
      for (let look = 0; look < 4; look++) await scene.look(0);
      holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
      holds("it has the same master", (await scene.masterOf(0)) === place);
      const { text } = await scene.status(0);
      holds(`its state is printable (${JSON.stringify(text)})`, /^[ -~]+$/.test(text));
      const { code } = await scene.instance(0).exec(["test", "-e", "/tmp/owned"]);
      holds(`no command of the peer was run (${COMMAND})`, code !== 0);
      const journal = await scene.instance(0).journal(5000);
      holds("the journal has no control characters of the peer", !journal.includes("\u001b]0;owned"));
    } finally {
      await hostile.stop();
    }
    const back = await recovery(scene, { id }, async () => {
      await scene.masters.restart(other);
      await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
      await scene.look(0);
    });
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

export const hostile = [redisProcess, localUser, peer];

/** A forged answer to CLUSTER NODES: the peer owns all slots, and every other node has failed. */
function lies(nodes: readonly { id: string; address: string; flags: readonly string[] }[]): string {
  const now = Date.now();
  return [...nodes]
    .sort((one, two) => Number(two.flags.includes("myself")) - Number(one.flags.includes("myself")))
    .map(({ id, address, flags }) => {
      const place = `${id} ${address}:6379@16379`;
      if (flags.includes("myself")) return `${place} myself,master - 0 ${now} 99 connected 0-16383\n`;
      return `${place} master,fail - ${now - 60_000} ${now - 60_000} 1 disconnected\n`;
    })
    .join("");
}

function user(name: string, command: string): string[] {
  return ["runuser", "-u", name, "--", "sh", "-c", command];
}

async function as(scene: Scene, name: string, command: string): Promise<void> {
  await scene.run(0, user(name, `set -eu\n${command}`));
}

function difference(before: string, after: string): string {
  const [old, current] = [before, after].map((text) => text.split("\n"));
  return [
    ...(current ?? []).filter((line) => !old?.includes(line)),
    ...(old ?? []).filter((line) => !current?.includes(line)),
  ].join("\n");
}
