import { RedisInstall } from "../../constructs";
import { redisSource } from "../../rehearsal/mirror";
import { Scene } from "../../rehearsal/scene";
import { describeWith } from "../support/needs";

describeWith(
  ["root", "systemd-nspawn", "mmdebstrap", "redis-server", "moto"],
  "Redis from its source on a cluster with TLS",
  () => {
    let scene: Scene;

    beforeAll(async () => {
      scene = await Scene.open({ replicas: 0, secured: true });
      const version = /\d+\.\d+\.\d+/.exec(redisSource.file)?.[0];
      const source = { version, url: scene.mirror.url(redisSource.file), sha256: redisSource.sha256 };
      scene.configure({ install: RedisInstall.fromSource(source) });
      await scene.launch(0);
    });

    afterAll(() => scene.close());

    test("is built with TLS, joins and is in sync", async () => {
      await scene.inSync(0, 580_000);
      const built = await scene.run(0, ["readlink", "-f", "/opt/redis-replica/bin/redis-server"]);
      expect(built.trim()).toMatch(/^\/opt\/redis-replica\/redis-[\d.]+-tls\/redis-server$/);
    });

    test("serves its clients over TLS only, and replicates over TLS", async () => {
      const found = async (name: string): Promise<string> =>
        (await scene.node(0).cli("CONFIG", "GET", name)).split("\n")[1] ?? "";
      await expect(
        Promise.all(["port", "tls-port", "tls-replication", "tls-cluster"].map(found)),
      ).resolves.toEqual(["0", "6379", "yes", "yes"]);
      await expect(scene.equal(0)).resolves.toBe(true);
    });
  },
);
