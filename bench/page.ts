import { casesIn, nameOf, ORIGINS, sizeOf } from "./cases";
import { agree, pairs } from "./compare";
import { digits, rangeOf, show } from "./format";
import { plotsOf } from "./plots";
import { type Recording } from "./record";
import { Sheet } from "./sheet";
import { verdicts } from "./targets";

/** Where the page is checked in. Its plots are in the folder beside it. */
export const BENCHMARKS_PAGE = "docs/benchmarks.md";
export const PLOTS = "docs/benchmarks";

/** The page, before prettier has lined its columns up. `again` is a second run of the same. */
export function benchmarksPage(recording: Recording, again?: Recording): string {
  const sheet = new Sheet(recording);
  const plots = plotsOf(recording);
  const plot = (name: string, what: string): string =>
    plots.has(name) ? `![${what}](benchmarks/${name}.svg)\n\n` : "";
  const sections: readonly (readonly [string, string])[] = [
    ["recover", recovery(sheet, plot)],
    ["boot", firstBoots(sheet, plot)],
    ["scale", atOnce(sheet, plot)],
    ["scale", looks(sheet, plot)],
    ["agent", agent(sheet)],
    ["synth", synthesis(sheet, plot)],
    ["verify", verification(sheet)],
  ];
  const shown = sections.filter(([bench]) => sheet.result(bench)).map(([, text]) => text);
  const parts = [
    intro(recording),
    targets(sheet),
    ...shown,
    repetition(recording, again),
    commands(recording),
  ];
  return `${parts.join("\n\n")}\n`;
}

type Plot = (name: string, what: string) => string;

function intro({ machine }: Recording): string {
  const { processor, cores, memory, system, kernel, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `# Benchmarks

This page has the cost of recovery, boots, the agent and the commands. Each is compared with a bare boot of the same image, the time
that Redis itself takes, the recipe of common tutorials, or an app written by hand.

A figure is the median of its repetitions, with the least and the most of them in parentheses. Without parentheses, it was measured
once, all repetitions gave the same, or the column has no room. The machine: ${cores} cores
(${processor}), ${memory} of memory, ${system}, Linux ${kernel}; ${programs.join(", ")}.

Instances are [booted systems](rehearsal.md#end-to-end-tests) on this machine, and share its cores and its disk with the masters.
An instance of EC2 boots its own kernel, which takes longer and is in none of these figures.`;
}

function targets(sheet: Sheet): string {
  const all = verdicts(sheet);
  const rows = all.map(({ what, limit, got, isMet }) => [what, limit, got, isMet ? "yes" : "**no**"]);
  const missed = all.filter(({ isMet }) => !isMet);
  const obstacles = [...new Set(missed.flatMap(({ obstacle }) => obstacle ?? []))].map((each) => {
    const names = missed.filter(({ obstacle }) => obstacle === each).map(({ what }) => what);
    return `- ${names.join("; ")}: ${each}`;
  });
  const reasons = obstacles.length === 0 ? "" : `\n\nWhat stands in the way:\n\n${obstacles.join("\n")}`;
  return `## Targets

${table(["what", "target", "measured", "met"], rows)}${reasons}`;
}

const ORIGIN = { clean: "interrupted", young: "image 30 s old", old: "image 300 s old" };

/** The table of recoveries is wide, so only these figures have their ranges. */
const RANGES: ReadonlySet<string> = new Set(["online", "beyond"]);

function recovery(sheet: Sheet, plot: Plot): string {
  const columns = {
    online: "online after",
    bare: "bare boot",
    load: "load of the RDB",
    beyond: "beyond both",
    age: "age of the image",
    missed: "missed",
    ratio: "sent / missed",
  };
  const rows = casesIn(sheet).flatMap((each) =>
    ORIGINS.map((origin) => {
      const cells = Object.keys(columns).map((what) => {
        const name = `recover.${nameOf(each)}.${origin}.${what}`;
        return RANGES.has(what) ? sheet.cell(name) : sheet.median(name);
      });
      return [sizeOf(each), `${each.rate} MB/s`, ORIGIN[origin], ...cells];
    }),
  );
  return `## Recovery

An instance is replaced while clients write to its shard. The clock starts with the boot of the replacement, and stops when
the master lists the replica as online: from then on it gets all writes. A bare boot, of an instance without user data, comes just
before each replacement.

${plot("recovery", "Time until a replica is online, beside a bare boot and the load of its data")}${table(["data", "writes", "replaced", ...Object.values(columns)], rows)}

- _Interrupted_: with a notice and a clean shutdown. Otherwise the instance is lost, and the replacement has an image of its running
  volume. Images age in parallel, so some are older than 30 or 300 seconds.
- A bare boot ends when its empty user data has run. A replacement starts Redis before that, so _beyond both_ can be negative.
- _Missed_: the bytes between the RDB on the volume and the offset of the master. The RDB can be a minute older than the
  image. _Sent_: the bytes that the master sent to this replica until it was in sync.
- ${fullResyncs(sheet)}`;
}

function fullResyncs(sheet: Sheet): string {
  const names = casesIn(sheet).flatMap((each) =>
    ORIGINS.map((origin) => `recover.${nameOf(each)}.${origin}.full`),
  );
  const full = names.filter((name) => (sheet.figure(name)?.max ?? 0) > 0);
  return full.length === 0 ? "All resyncs were partial." : `Rows with a full resync: ${full.length}.`;
}

function firstBoots(sheet: Sheet, plot: Plot): string {
  const kinds = {
    recipe: "the recipe of common tutorials, in three places repaired",
    source: "Redis from source",
    package: "Redis from a package",
  };
  const rows = Object.entries(kinds).map(([kind, title]) => [
    title,
    sheet.cell(`boot.${kind}.synced`),
    sheet.ratio(`boot.${kind}.synced`, "boot.recipe.synced"),
  ]);
  return `## First boot

From the boot of an instance on a new volume until it has all 50 MB of its master.

${plot("first-boot", "Time of a first boot from source and from a package, beside the recipe of common tutorials")}${table(["how", "in sync after", "/ the recipe"], [...rows, ["a bare boot", sheet.cell("boot.bare.finished"), ""]])}

The recipe builds all of Redis, on every replacement again.`;
}

function atOnce(sheet: Sheet, plot: Plot): string {
  const rows = ["instance", "process"].flatMap((kind) =>
    sheet.numbers("scale", new RegExp(`^${kind}\\.(\\d+)\\.`)).map((count) => {
      const cell = (what: string): string => sheet.cell(`scale.${kind}.${count}.${what}`);
      const title = kind === "instance" ? "booted instances" : "processes";
      return [
        title,
        String(count),
        cell("join.last"),
        cell("recover.first"),
        cell("recover.last"),
        cell("imbalance"),
      ];
    }),
  );
  const header = [
    "as",
    "replicas",
    "all joined after",
    "first one back after",
    "all back after",
    "imbalance",
  ];
  return `## Many replicas at once

All replicas of three masters are started at the same moment: first on new volumes, and after a clean interruption of all of them
on the kept ones. _Imbalance_ is how many more replicas one master got than another.

${plot("at-once", "Time until the last of several replicas is online")}${table(header, rows)}

Booted instances share the cores of this machine, so the time is that of their boots. _Processes_ have the agent and Redis
on loopback addresses, without a boot and without an installation.`;
}

function looks(sheet: Sheet, plot: Plot): string {
  const rows = sheet.numbers("scale", /^look\.(\d+)\./).map((count) => {
    const cell = (what: string): string => sheet.cell(`scale.${what}`);
    const look = ["cpu", "wall", "rss"].map((what) => cell(`look.${count}.${what}`));
    return [
      String(count),
      show(2 * count, ""),
      ...look,
      cell(`status.${count}.wall`),
      cell(`status.${count}.cpu`),
    ];
  });
  const header = [
    "masters",
    "nodes",
    "look: CPU",
    "look: wall",
    "look: memory",
    "`status`: wall",
    "`status`: CPU",
  ];
  const unread = rows.some((row) => row.includes(""))
    ? "\n\nAn empty cell: `status` could not read the answers of all nodes within its limit of three seconds."
    : "";
  return `## Looks at large clusters

The agent looks at the whole cluster every 15 seconds, and \`status\` asks every node. Here a program answers for all nodes:
masters, each with a replica. The agent, the command, their start and their connections are real.

${plot("look", "Cost of a look of the agent by the number of masters")}${table(header, rows)}${unread}`;
}

function agent(sheet: Sheet): string {
  const rows = [
    ["a look in a cluster of three real masters: CPU", "agent.look.cpu"],
    ["the same: wall time", "agent.look.wall"],
    ["the same: peak memory", "agent.look.rss"],
    ["the same on a booted instance: CPU", "boot.look.cpu"],
    ["start of the interpreter: CPU, part of each look", "agent.python.cpu"],
    ["`redis-replica status`: wall time", "agent.status.wall"],
    ["the process that watches for interruptions: memory", "agent.watch.rss"],
    ["files of the agent", "agent.files.bytes"],
    ["user data, compressed, without AUTH, TLS and a data volume", "agent.user-data.plain"],
    ["user data, compressed, with all of them", "agent.user-data.all"],
  ].map(([what = "", name = ""]) => [what, sheet.cell(name)]);
  return `## The agent

${table(["what", "cost"], rows)}

One process runs all the time, and one for each look. EC2 accepts user data of 16,384 bytes.`;
}

function synthesis(sheet: Sheet, plot: Plot): string {
  const rows = sheet.numbers("synth", /^ours\.(\d+)\./).map((count) => {
    const [ours, minimal] = [`synth.ours.${count}`, `synth.minimal.${count}`];
    const ratios = ["wall", "cpu", "rss"].map((what) => sheet.ratio(`${ours}.${what}`, `${minimal}.${what}`));
    return [
      show(count, ""),
      sheet.cell(`${ours}.wall`),
      sheet.cell(`${minimal}.wall`),
      ...ratios,
      sheet.cell(`${ours}.rss`),
    ];
  });
  const others = [
    ["`cdktf synth` of the minimal app", "synth.cdktf-minimal.wall"],
    ["`cdktf synth` of `main.ts`", "synth.cdktf-main.wall"],
  ].map(([what = "", name = ""]) => [what, sheet.cell(name), sheet.ratio(name, "synth.ours.1.wall")]);
  const header = ["groups", "`synth`", "minimal app", "time", "CPU", "memory", "peak memory"];
  return `## Synthesis

\`redis-elastigroup synth\`, beside an app that writes the same groups without this package. The three ratios are those of the two.

${plot("synth", "Time of synthesis by the number of groups")}${table(header, rows)}

${table(["one group", "time", "/ `synth`"], others)}`;
}

function verification(sheet: Sheet): string {
  const methods = { debug: "DEBUG DIGEST-VALUE", dump: "DUMP" };
  const columns = {
    wall: "time",
    keys: "keys a second",
    "keys-per-core": "keys a second of CPU",
    "master-cpu": "CPU of the master",
    "delay-p99": "PING, 99 %",
    "delay-max": "PING, longest",
    rss: "peak memory",
  };
  const rows = Object.entries(methods).map(([method, title]) => [
    title,
    ...Object.keys(columns).map((what) => sheet.cell(`verify.${method}.${what}`)),
  ]);
  return `## Verification

\`verify --digest\` on one master with 1,000,000 keys of 100 bytes, and its replica. Another client sends PING to the master meanwhile.
Where DEBUG is off, values are compared by DUMP.

${table(["by", ...Object.values(columns)], rows)}

\`--rate\` bounds the load: the CPU time of the master is spread over a longer time.`;
}

function repetition(recording: Recording, again: Recording | undefined): string {
  const title = "## Repetition";
  const repeat = "`npm run bench -- compare FILE FILE` compares two recordings.";
  if (again === undefined) return `${title}\n\n${repeat}`;
  const all = pairs(recording, again);
  const different = all.filter(({ isSame }) => !isSame);
  const rows = different.map(({ name, one, other }) => [name, rangeOf(one), rangeOf(other)]);
  return `${title}

Everything was measured a second time. ${all.length - different.length} of ${all.length} figures agree: ${agree}. ${repeat}${
    rows.length === 0 ? "" : `\n\nThese do not:\n\n${table(["figure", "first run", "second run"], rows)}`
  }`;
}

function commands({ results }: Recording): string {
  const rows = Object.values(results).map(({ command, seconds, load, failure }) => [
    `\`${command}\``,
    `${digits(seconds)} s${failure === undefined ? "" : `, and then failed: ${failure}`}`,
    show(load, ""),
  ]);
  return `## Commands

${table(["command", "took", "load before"], rows)}

The load is the mean number of processes that ran or waited in the minute before. In a run of all benchmarks, those can be of the
benchmark before. Above 0.5, they may disturb the figures.

\`npm run bench -- all --quick --output FILE\` runs all of them. \`npm run benchmarks-page\` writes this page and its plots from
the recordings in \`bench/recorded/\`.`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
