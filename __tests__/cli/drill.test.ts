import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Server } from "../../cluster/server";
import { until } from "../../rehearsal/wait";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { json, run } from "./run";

describeWith(["redis-server"], "drill", () => {
  let operated: Operated;

  beforeAll(async () => {
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6 });
    operated.fleet.bootMs = 4000;
  }, 120_000);
  afterAll(() => operated?.close());

  /** Seconds from the request to recycle a replica until it is in sync, by questions of its own. */
  async function recoveryOf(statefulInstanceId: string): Promise<number> {
    const { host, port, id } = operated.fleet.node(statefulInstanceId);
    const isRequested = () => operated.api.requests.some(({ path }) => path.includes("/recycle"));
    const every = { timeout: 40_000, every: 50 };
    await until("it is requested", every, isRequested);
    const begin = Date.now();
    const text = (server: Server, ...command: string[]): Promise<string> =>
      server.ask(command, 1000).then((answer) => (answer.known ? String(answer.value) : ""));
    const replica = new Server({ host, port }, {});
    const isUp = async () => (await text(replica, "INFO", "replication")).includes("master_link_status:up");
    await until("it is gone", every, async () => !(await isUp()));
    await until("all masters reach it again", every, async () => {
      const views = await Promise.all(
        operated.real.masters.map(({ server }) => text(server, "CLUSTER", "NODES")),
      );
      const lines = views.map((view) => view.split("\n").find((line) => line.startsWith(id)) ?? "");
      return (await isUp()) && lines.every((line) => / slave .* connected/.test(line));
    });
    replica.close();
    return (Date.now() - begin) / 1000;
  }

  test("measures the recovery, counts the writes, and leaves no key", async () => {
    const html = join(operated.folder, "drill.html");
    const recovered = recoveryOf(operated.stateful[0]!.id);
    const ended = await run("-c", operated.config, "drill", "--yes", "--json", "--html", html);
    expect({ exit: ended.exit, stdout: ended.exit === 0 ? "" : ended.stdout }).toEqual({
      exit: 0,
      stdout: "",
    });
    const { seconds, writes, resync, keys_removed } = json(ended) as any;
    expect(resync).toMatchObject({ kind: "partial", full: 0, partial: 1, bytes: expect.any(Number) });
    expect(writes).toMatchObject({ lost: 0, lost_on_replica: 0, unread: 0, failed: 0 });
    expect(writes.acknowledged).toBeGreaterThan(10);
    expect(writes.acknowledged).toBeLessThanOrEqual(writes.ok);
    expect(keys_removed).toBe(true);
    const order = ["server_gone", "failed", "server_answers", "link_up", "in_sync"].map(
      (each) => seconds[each],
    );
    expect([...order].sort((one, other) => one - other)).toEqual(order);
    const measured = await recovered;
    expect(Math.abs(seconds.in_sync - measured) / measured).toBeLessThan(0.1);
    // The server was away for this time, and the masters list it as failed after 2 s.
    expect(seconds.server_answers).toBeGreaterThanOrEqual(4);
    expect(seconds.server_answers).toBeLessThan(7);
    for (const { run: ask } of operated.real.nodes)
      expect(await ask("KEYS", "redis-elastigroup:*")).toEqual([]);
    const page = readFileSync(html, "utf8");
    expect(page).toContain("No acknowledged write was lost.");
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).not.toMatch(/https?:|<script|<link|url\(/);
    expect(page).not.toContain(process.env["SPOTINST_TOKEN"]);
  }, 60_000);
});
