import { RedisInstall } from "../../constructs";
import { type Scene } from "../scene";
import { endsWell, type Fault, holds, more, since } from "./fault";

/** An image that runs the distribution's own server on the same port. */
const STOCK = `export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install -y --no-install-recommends redis-server
systemctl is-active redis-server
`;

export const running: Fault = {
  id: "F47",
  title: "the image runs a stock Redis on the port: it is stopped and masked, also after a reboot",
  scene: { replicas: 0 },
  async run(scene) {
    scene.configure({ install: RedisInstall.fromImage(), steps: { before: STOCK } });
    const start = Date.now();
    await scene.launch(0);
    await scene.inSync(0, 60_000);
    const seconds = since(start);
    await stockIsOff(scene);
    await more(await scene.write(), 500);
    await scene.instance(0).reboot();
    await scene.inSync(0, 60_000);
    await stockIsOff(scene);
    return { outcome: "joined", seconds, resync: "full", ...(await endsWell(scene)) };
  },
};

async function stockIsOff(scene: Scene): Promise<void> {
  const argv = ["systemctl", "show", "--property=ActiveState,LoadState", "redis-server"];
  const states = (await scene.run(0, argv)).trim().split("\n").join(", ");
  holds(`the stock server is stopped (${states})`, !/ActiveState=(active|activating)/.test(states));
  holds(`the stock server is masked (${states})`, states.includes("LoadState=masked"));
}

const ROOT = "/tmp/elsewhere";
const UNITS = ["redis-replica.service", "redis-replica-reconcile.service", "redis-replica-reconcile.timer"];

/** Every command of the agent that units and people use. Each runs only long enough for its first steps. */
const COMMANDS = ["install", "prepare", "reconcile", "status", "retry", "accept", "stop"];

const SETUP = `set -eu
mkdir -p ${ROOT}/etc ${ROOT}/usr/local/lib ${ROOT}/usr/local/bin
cp -a /etc/redis-replica ${ROOT}/etc
cp -a /usr/local/lib/redis-replica ${ROOT}/usr/local/lib
cp -a /usr/local/bin/redis-replica ${ROOT}/usr/local/bin
sed -i 's/^PORT=.*/PORT=7000/' ${ROOT}/etc/redis-replica/settings
systemctl stop ${UNITS.join(" ")}
for unit in redis redis-server redis6 valkey valkey-server; do rm -f /etc/systemd/system/$unit.service; done
systemctl daemon-reload
sleep 0.1
touch ${ROOT}/marker
sleep 0.1
`;

const CHANGED = `find /etc /opt /usr /var/lib /run/redis-replica /root -xdev -newercm ${ROOT}/marker`;

export const directory: Fault = {
  id: "F47b",
  title: "the agent runs in a directory on a machine: nothing outside the directory is changed",
  async run(scene) {
    await scene.instance(0).waitForUserData();
    await scene.run(0, ["sh", "-c", SETUP]);
    const start = Date.now();
    for (const command of COMMANDS) {
      const line = `timeout 5 ${ROOT}/usr/local/bin/redis-replica ${command} || true`;
      await scene.instance(0).exec(["env", `REDIS_REPLICA_ROOT=${ROOT}`, "sh", "-c", line]);
    }
    const seconds = since(start);
    const changed = (await scene.run(0, ["sh", "-c", CHANGED])).trim();
    holds(`no file outside is written (${changed.split("\n").join(", ")})`, changed === "");
    const states = (await scene.instance(0).exec(["systemctl", "is-active", ...UNITS])).stdout.trim();
    holds(`no unit is started (${states.split("\n").join(", ")})`, /^(inactive\n?)+$/.test(states));
    await scene.run(0, ["systemctl", "start", "redis-replica.service", "redis-replica-reconcile.timer"]);
    await more(await scene.write(), 500);
    return { outcome: "back", seconds, ...(await endsWell(scene)) };
  },
};
