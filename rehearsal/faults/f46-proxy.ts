import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Proxy } from "../proxy";
import { until } from "../wait";
import { cutOff } from "./cut-off";
import { endsWell, type Fault, holds, killRedis, recovery } from "./fault";

/** The proxy would answer with the identity of its own machine. */
export const everywhere: Fault = {
  id: "F46",
  title: "http_proxy is set for the whole system: metadata is asked without it",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const proxy = await Proxy.start();
    try {
      await scene.write();
      await scene.stop(0, "clean");
      const file = scene.file(0, "etc/systemd/system.conf.d/proxy.conf");
      mkdirSync(dirname(file), { recursive: true });
      const variables = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
      const words = variables.map((name) => `"${name}=${proxy.url}"`).join(" ");
      writeFileSync(file, `[Manager]\nDefaultEnvironment=${words}\n`);
      const back = await recovery(scene, { id, timeout: 60_000 }, () => scene.launch(0));
      const asked = proxy.requests.filter((url) => url.includes("169.254.169.254"));
      holds(`the proxy was not asked for metadata (${asked.join(", ")})`, asked.length === 0);
      await scene.listed(0, id);
      return { outcome: "back", ...back, ...(await endsWell(scene)) };
    } finally {
      await proxy.close();
    }
  },
};

/** The same instance may start from its own file while no master answers. It must still know its instance ID. */
export const silent: Fault = {
  id: "F46b",
  title:
    "metadata is missing during a restart: the known instance ID stays, and a later restart without masters works",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const answerAgain = scene.metadata.withhold(scene.address(0));
    await killRedis(scene);
    await scene.inSync(0);
    answerAgain();
    const reconnect = await cutOff(scene);
    const back = await recovery(scene, { id }, async () => {
      await killRedis(scene);
      await until("Redis answers while no master does", { timeout: 10_000 }, () => scene.node(0).answers());
      await reconnect();
    });
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
