import { spawnSync } from "node:child_process";
import { recipe } from "../../bench/recipe";
import { describeWith } from "../support/needs";

const text = recipe({ url: "http://10.0.0.1/redis.tar.gz", master: "10.0.1.10" });

describeWith(["bash"], "the recipe", () => {
  test("is a valid bash script", () => {
    expect(spawnSync("bash", ["-n"], { input: text, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test("edits the redis.conf of a release into that of a cluster node", () => {
    const release = [
      "bind 127.0.0.1 -::1",
      "protected-mode yes",
      "# cluster-enabled yes",
      "# cluster-config-file nodes-6379.conf",
      "# cluster-node-timeout 15000",
      "dir ./",
      "",
    ].join("\n");
    const edit = /^sed .* redis\.conf >/ms.exec(text)![0].replace(/redis\.conf >$/, "");
    const { stdout } = spawnSync("bash", ["-c", `ip=10.0.1.20\n${edit}`], {
      input: release,
      encoding: "utf8",
    });
    expect(stdout.split("\n")).toEqual([
      "bind 10.0.1.20",
      "protected-mode no",
      "cluster-enabled yes",
      "cluster-config-file nodes-6379.conf",
      "cluster-node-timeout 15000",
      "dir /var/lib/redis",
      "",
    ]);
  });

  test("downloads the given source and joins the given master", () => {
    expect(text).toContain("curl -fsS -o redis.tar.gz http://10.0.0.1/redis.tar.gz\n");
    expect(text).toMatch(/^redis-cli --cluster add-node "\$ip:6379" 10\.0\.1\.10:6379 /m);
  });
});
