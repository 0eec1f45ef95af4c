import { type Scene } from "../scene";
import { endsWell, type Fault, holds, since } from "./fault";

const ZONES = ["us-west-2a", "us-west-2b", "us-west-2c"];
const PLACES = [0, 1, 2];

export const zones: Fault = {
  id: "F62",
  title: "three replicas boot at once, each in the zone of one master: each shard gets one of another zone",
  scene: { replicas: 0, zones: { masters: ZONES, machines: ZONES } },
  async run(scene) {
    await scene.write();
    const start = Date.now();
    await Promise.all(PLACES.map((place) => scene.launch(place)));
    await Promise.all(PLACES.map((place) => scene.inSync(place)));
    const seconds = since(start);
    const on = await Promise.all(PLACES.map((place) => scene.masterOf(place)));
    const note = on.map((master, place) => `${ZONES[place]} follows ${ZONES[master]}`).join(", ");
    holds(`each master has one replica (${note})`, new Set(on).size === 3);
    const isApart = on.every((master, place) => ZONES[master] !== ZONES[place]);
    holds(`no replica is in the zone of its master (${note})`, isApart);
    const shown = await Promise.all(PLACES.map((place) => zoneOf(scene, place)));
    const isShown = shown.every((zone, place) => zone === ZONES[place]);
    holds(
      `a server that knows zones has the zone of its machine (${shown.join(", ")})`,
      isShown || !(await knowsZones(scene)),
    );
    const { full } = await scene.syncs();
    holds(`each synced once (${full} full syncs)`, full === 3);
    return { outcome: "joined", seconds, resync: "full", note, ...(await endsWell(scene, PLACES)) };
  },
};

/** The zone in the configuration of a server; empty if it has none. */
async function zoneOf(scene: Scene, place: number): Promise<string> {
  return (await scene.node(place).cli("CONFIG", "GET", "availability-zone")).split("\n")[1] ?? "";
}

/** Valkey does, from 8.1 on. */
async function knowsZones(scene: Scene): Promise<boolean> {
  return "valkey_version" in (await scene.node(0).info("server"));
}
