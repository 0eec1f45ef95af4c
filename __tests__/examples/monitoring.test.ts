import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { z } from "zod";
import { freePort } from "../../rehearsal/free-port";
import { must, run } from "../../rehearsal/run";
import { ROOT, temporaryFolder } from "../support/folder";
import { describeWith } from "../support/needs";

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const FOLDER = join(ROOT, "examples/monitoring");
const AGENT = join(ROOT, "templates/instance/usr/local/lib/redis-replica");
const folder = temporaryFolder();

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/monitoring.md");
const { groups } = parse(read("examples/monitoring/alerts.yaml")) as { groups: { rules: Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);

/** The metrics that a PromQL expression, or a text in the format of Prometheus, names. */
function metrics(...texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => text.match(/\bredis_replica_\w+/g) ?? []);
  return [...new Set(names)].sort();
}

/** A folder for the agent, with what a running replica with TLS has. */
async function instance(): Promise<string> {
  const root = mkdtempSync(join(folder, "instance-"));
  for (const path of ["etc/redis-replica", "run/redis-replica", "run/redis-replica-secrets", "var/lib"])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(
    join(root, "etc/redis-replica/settings"),
    `MASTERS='127.0.0.1'\nPORT='${await freePort()}'\n`,
  );
  writeFileSync(join(root, "run/redis-replica/save"), "ok");
  writeFileSync(join(root, "run/redis-replica-secrets/expiry"), `${Math.floor(Date.now() / 1000) + 3600}\n`);
  return root;
}

/** Runs the agent in such a folder. Returns the metrics that it has written. */
async function agent(root: string, ...words: readonly string[]): Promise<string> {
  await run(["python3", "-IBS", AGENT, ...words], { env: { ...process.env, REDIS_REPLICA_ROOT: root } });
  return readFileSync(join(root, "run/redis-replica/redis-replica.prom"), "utf8");
}

/** What Grafana needs to draw the dashboard. */
const Source = z.object({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const Grid = z.object({
  x: z.int().min(0),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});
const Target = z.object({ refId: z.string(), datasource: Source, expr: z.string() });
const Row = z.object({ id: z.int(), type: z.literal("row"), title: z.string(), gridPos: Grid });
const Panel = z.object({
  id: z.int(),
  type: z.enum(["stat", "table", "timeseries"]),
  title: z.string(),
  description: z.string(),
  datasource: Source,
  gridPos: Grid,
  targets: z.array(Target).min(1),
  fieldConfig: z.object({ defaults: z.object({}), overrides: z.array(z.object({})) }),
  options: z.object({}),
});
const Variable = z.discriminatedUnion("type", [
  z.object({
    name: z.literal("datasource"),
    type: z.literal("datasource"),
    query: z.literal("prometheus"),
  }),
  z.object({ name: z.string(), type: z.literal("query"), datasource: Source, definition: z.string() }),
]);
const Dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(Variable) }),
  panels: z.array(z.discriminatedUnion("type", [Row, Panel])),
});

const dashboard = Dashboard.parse(JSON.parse(read("examples/monitoring/dashboard.json")));
const panels = dashboard.panels.filter((panel) => panel.type !== "row");
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const definitions = dashboard.templating.list.flatMap((each) =>
  "definition" in each ? [each.definition] : [],
);

describe("the dashboard", () => {
  test("has each panel once, beside the others", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  test("uses each of its variables, and no other", () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    const text = JSON.stringify(dashboard.panels);
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(names.sort());
  });
});

describe("the alerts", () => {
  test("each have a severity, a time, a summary, and a command of docs/troubleshooting.md", () => {
    const troubleshooting = read("docs/troubleshooting.md");
    for (const { alert, annotations, labels, ...rest } of alerts) {
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|info)$/)]);
      expect([alert, rest.for]).toEqual([alert, expect.stringMatching(/^\d+[smh]$/)]);
      expect(annotations.summary).toMatch(/^[^]{10,100}$/);
      const commands = [...annotations.description.matchAll(/`([a-z-]+ [^`]+)`/g)].map(([, text]) => text!);
      expect([alert, commands.length]).not.toEqual([alert, 0]);
      expect(commands.filter((command) => !troubleshooting.includes(command))).toEqual([]);
    }
  });

  test("each fire in one of their tests, which name exactly the alerts that fire", () => {
    const tested = read("examples/monitoring/alerts.test.yaml").matchAll(/alertname="(\w+)"/g);
    const fired = new Set([...tested].map(([, name]) => name));
    expect([...fired].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  test("are those of docs/monitoring.md, with their severities", () => {
    const rows = [...page.matchAll(/^\| `(Redis\w+)`<br>(\w+)/gm)].map(([, name, severity]) => [
      name,
      severity,
    ]);
    expect(rows).toEqual(alerts.map(({ alert, labels }) => [alert, labels.severity]));
  });
});

describeWith(["python3 >= 3.9"], "the agent's metrics", () => {
  let written: string[];
  beforeAll(async () => {
    written = metrics(await agent(await instance(), "later", "no majority"));
  });

  test("have all that the alerts and the dashboard name", () => {
    expect(metrics(...alerts.map(({ expr }) => expr)).filter((name) => !written.includes(name))).toEqual([]);
    expect(metrics(...queries, ...definitions).filter((name) => !written.includes(name))).toEqual([]);
  });

  test("are all in the dashboard and in docs/instance.md", () => {
    expect(metrics(...queries)).toEqual(written);
    const rows = [...read("docs/instance.md").matchAll(/^\| `(redis_replica_\w+)/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(written);
  });
});

describeWith(["promtool", "python3 >= 3.9"], "promtool", () => {
  test("finds nothing to correct in the metrics", async () => {
    const input = await agent(await instance(), "later", "no majority");
    expect(await run(["promtool", "check", "metrics"], { input })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("accepts the rules", async () => {
    const { stdout } = await run(["promtool", "check", "rules", join(FOLDER, "alerts.yaml")]);
    expect(stdout).toContain(`SUCCESS: ${alerts.length} rules found`);
  });

  test("accepts the configuration in docs/monitoring.md", async () => {
    const [, text = ""] = /^```yaml prometheus.yml other\n([^]*?)^```$/m.exec(page) ?? [];
    const directory = mkdtempSync(join(folder, "config-"));
    writeFileSync(join(directory, "prometheus.yml"), text);
    copyFileSync(join(FOLDER, "alerts.yaml"), join(directory, "alerts.yaml"));
    expect(await must(["promtool", "check", "config", join(directory, "prometheus.yml")])).toContain(
      `${alerts.length} rules found`,
    );
  });

  test("sees every alert fire in its tests, and stay silent before", async () => {
    const outcome = await run(["promtool", "test", "rules", join(FOLDER, "alerts.test.yaml")]);
    expect(outcome).toMatchObject({ code: 0 });
  });
});

describeWith(["prometheus", "python3 >= 3.9"], "Prometheus", () => {
  let exporter: Server;
  let prometheus: ChildProcess;
  let address = "";

  /** What its HTTP API answers. */
  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`http://${address}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  }

  async function value(query: string): Promise<number | undefined> {
    const { result } = await ask<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(query)}`,
    );
    return result[0] && Number(result[0].value[1]);
  }

  /** The states of the alerts that are active, by name. */
  async function active(): Promise<Record<string, string>> {
    const found = await ask<{ alerts: { labels: { alertname: string }; state: string }[] }>("alerts");
    return Object.fromEntries(found.alerts.map(({ labels, state }) => [labels.alertname, state]));
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await holds().catch(() => false))) {
      if (Date.now() > deadline) throw new Error("not within 20 s");
      await sleep(100);
    }
  }

  beforeAll(async () => {
    // As the textfile collector: each scrape reads the file.
    const root = await instance();
    await agent(root, "refuse", "this node was retired");
    const file = join(root, "run/redis-replica/redis-replica.prom");
    exporter = createServer((_, response) => response.end(readFileSync(file))).listen(0, "127.0.0.1");
    await once(exporter, "listening");
    const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
    address = `127.0.0.1:${await freePort()}`;
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: [join(FOLDER, "alerts.yaml")],
      scrape_configs: [{ job_name: "redis-replicas", static_configs: [{ targets: [target] }] }],
    };
    writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
    const options = [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ];
    prometheus = spawn("prometheus", options, { stdio: ["ignore", "ignore", "inherit"] });
    await until(async () => "RedisReplicaRefused" in (await active()));
  });

  afterAll(async () => {
    exporter.close();
    if (prometheus.exitCode === null) {
      prometheus.kill();
      await once(prometheus, "exit");
    }
  });

  test("evaluates every rule without an error", async () => {
    const rules = async () => {
      const loaded = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>("rules");
      return loaded.groups.flatMap((group) => group.rules);
    };
    await until(async () => (await rules()).every(({ health }) => health !== "unknown"));
    expect((await rules()).map(({ name, health }) => [name, health])).toEqual(
      alerts.map(({ alert }) => [alert, "ok"]),
    );
  });

  test("fires for a refusal, and for no other state of this instance", async () => {
    await until(async () => "RedisReplicasNoneHealthy" in (await active()));
    expect(await active()).toEqual({
      RedisReplicaRefused: "firing",
      RedisReplicasNoneHealthy: "pending",
      RedisReplicaCertificateExpires: "pending",
      RedisReplicaCertificateExpiresSoon: "pending",
    });
  });

  test("answers every query of the dashboard", async () => {
    for (const query of queries) {
      const filled = query.replaceAll("$job", "redis-replicas").replaceAll("$instance", ".+");
      expect([query, await value(filled)]).toEqual([query, expect.any(Number)]);
    }
  });
});
