import { Scene } from "../../rehearsal/scene";
import { describeWith } from "../support/needs";

/** The commands that a person or a timer may run on a healthy machine. */
const COMMANDS = [
  ["bash", "/var/lib/cloud/instance/scripts/part-001"], // the user data, as cloud-init runs it
  ["systemctl", "start", "redis-replica-reconcile.service"],
  ["redis-replica", "setup"],
  ["redis-replica", "prepare"],
  ["redis-replica", "join"],
  ["redis-replica", "reconcile"],
  ["redis-replica", "install"],
  ["redis-replica", "stop"],
  ["redis-replica", "retry"],
  ["redis-replica", "status"],
];

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server"], "a healthy replica", () => {
  test("is not changed by ten more runs of every command: process, link and syncs stay the same", async () => {
    const scene = await Scene.open();
    try {
      const facts = async () => ({
        id: await scene.node(0).cli("CLUSTER", "MYID"),
        pid: await scene.pid(0),
        syncs: await scene.syncs(),
        link: (await scene.node(0).info("replication"))["master_link_status"],
        master: (await scene.node(0).info("replication"))["master_host"],
      });
      const before = await facts();
      expect(before).toMatchObject({ link: "up", syncs: { full: 1, partial: 0 } });
      for (let run = 0; run < 10; run++) {
        for (const command of COMMANDS) {
          const { code, stderr } = await scene.instance(0).exec(command);
          expect([command.join(" "), code, code === 0 ? "" : stderr]).toEqual([command.join(" "), 0, ""]);
        }
        expect(await facts()).toEqual(before);
      }
    } finally {
      await scene.close();
    }
  });
});
