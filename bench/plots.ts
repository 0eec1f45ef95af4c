import { casesIn, nameOf, ORIGINS, sizeOf } from "./cases";
import { barPlot, linePlot } from "./plot";
import { type Recording } from "./record";
import { Sheet } from "./sheet";

const ORIGIN = { clean: "interrupted", young: "30 s", old: "300 s" };

/** The plots of a recording, as SVG documents by name. What was not measured has none. */
export function plotsOf(recording: Recording): ReadonlyMap<string, string> {
  const sheet = new Sheet(recording);
  const all = [
    ["recovery", recovery(sheet)],
    ["first-boot", firstBoot(sheet)],
    ["at-once", atOnce(sheet)],
    ["look", look(sheet)],
    ["synth", synth(sheet)],
  ] as const;
  return new Map(all.flatMap(([name, svg]) => (svg === undefined ? [] : [[name, svg]])));
}

function recovery(sheet: Sheet): string | undefined {
  const groups = casesIn(sheet).flatMap((each) =>
    ORIGINS.flatMap((origin) => {
      const [online, bare, load] = ["online", "bare", "load"].map((what) => {
        return sheet.figure(`recover.${nameOf(each)}.${origin}.${what}`)?.median;
      });
      if (online === undefined || bare === undefined || load === undefined) return [];
      const bars = [
        [{ series: 0, value: online / 1000 }],
        [
          { series: 1, value: bare / 1000 },
          { series: 2, value: load / 1000 },
        ],
      ];
      const label = `${sizeOf(each)}, ${each.rate} MB/s, ${ORIGIN[origin]}`;
      return [{ label, bars: bars.map((parts) => ({ parts })) }];
    }),
  );
  if (groups.length === 0) return undefined;
  const series = ["replica online", "bare boot", "Redis loads its data"];
  return barPlot({ title: "Recovery", axis: "seconds after the boot began", series, groups });
}

function firstBoot(sheet: Sheet): string | undefined {
  const names = {
    "recipe.synced": "the recipe",
    "source.synced": "from source",
    "package.synced": "from a package",
    "bare.finished": "bare boot",
  };
  const groups = Object.entries(names).flatMap(([name, label]) => {
    const figure = sheet.figure(`boot.${name}`);
    const isOurs = label.startsWith("from");
    return figure
      ? [{ label, bars: [{ parts: [{ series: isOurs ? 0 : 1, value: figure.median / 1000 }] }] }]
      : [];
  });
  if (groups.length === 0) return undefined;
  const series = ["this project", "for comparison"];
  return barPlot({ title: "First boot until in sync", axis: "seconds after the boot began", series, groups });
}

function atOnce(sheet: Sheet): string | undefined {
  const counts = sheet.numbers("scale", /^(?:instance|process)\.(\d+)\./);
  const line = (kind: string, what: string, name: string) => {
    return { name, points: sheet.points(counts, 1000, (count) => `scale.${kind}.${count}.${what}.last`) };
  };
  const series = [
    line("instance", "recover", "instances: back"),
    line("process", "recover", "processes: back"),
    line("process", "join", "processes: joined"),
    line("instance", "join", "instances: joined"),
  ];
  if (series.every(({ points }) => points.length === 0)) return undefined;
  const axes = { xAxis: "replicas started at once", yAxis: "seconds until the last one is online" };
  return linePlot({ title: "Many replicas at once", ...axes, scale: "linear", series });
}

function look(sheet: Sheet): string | undefined {
  const masters = sheet.numbers("scale", /^look\.(\d+)\./);
  if (masters.length === 0) return undefined;
  const groups = masters.map((count) => {
    const value = (what: string): number => sheet.figure(`scale.look.${count}.${what}`)?.median ?? 0;
    return {
      label: `${count} masters`,
      bars: ["cpu", "wall"].map((what, series) => ({ parts: [{ series, value: value(what) }] })),
    };
  });
  return barPlot({
    title: "One look of the agent",
    axis: "milliseconds",
    series: ["CPU", "wall time"],
    groups,
  });
}

function synth(sheet: Sheet): string | undefined {
  const counts = sheet.numbers("synth", /^ours\.(\d+)\./);
  if (counts.length === 0) return undefined;
  const line = (command: string, name: string) => {
    return { name, points: sheet.points(counts, 1000, (count) => `synth.${command}.${count}.wall`) };
  };
  const series = [line("ours", "redis-elastigroup"), line("minimal", "minimal app")];
  const axes = { xAxis: "groups", yAxis: "seconds" };
  return linePlot({ title: "Synthesis", ...axes, scale: "logarithmic", series });
}
