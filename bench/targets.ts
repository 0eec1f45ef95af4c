import { casesIn, nameOf, ORIGINS } from "./cases";
import { show } from "./format";
import { type Unit } from "./series";
import { type Sheet } from "./sheet";

/** What this project wants of itself. */
interface Target {
  readonly what: string;
  readonly unit: Unit;
  /** The most or the least that is wanted. */
  readonly limit: { readonly most: number } | { readonly least: number };
  /** Undefined if it was not measured. */
  readonly value: (sheet: Sheet) => number | undefined;
  /** What stands in the way, where that is known. */
  readonly obstacle?: string;
}

/** A target that was measured. */
export interface Verdict extends Pick<Target, "what" | "obstacle"> {
  readonly got: string;
  readonly limit: string;
  readonly isMet: boolean;
}

/** By a profile of one group. */
const PARTS =
  "the command reads and checks configs, and renders user data; for one group, that takes 65 of 550 ms, and loading the code for it 100 ms";

const TARGETS: readonly Target[] = [
  {
    what: "recovery: time until online, beyond a bare boot and the load of the RDB; the highest median of all cases",
    unit: "ms",
    limit: { most: 500 },
    value: worst("beyond"),
  },
  {
    what: "recovery: bytes sent / bytes missed; the highest median of all cases",
    unit: "x",
    limit: { most: 1.1 },
    value: worst("ratio"),
  },
  {
    what: "first boot with Redis from source / the recipe of common tutorials",
    unit: "x",
    limit: { most: 0.6 },
    value: ratio("boot.source.synced", "boot.recipe.synced"),
  },
  {
    what: "first boot with Redis from a package / the recipe",
    unit: "x",
    limit: { most: 0.05 },
    value: ratio("boot.package.synced", "boot.recipe.synced"),
  },
  {
    what: "a look of the agent at 3 masters, CPU",
    unit: "ms",
    limit: { most: 80 },
    value: median("scale.look.3.cpu"),
  },
  {
    what: "a look of the agent at 60 masters, CPU",
    unit: "ms",
    limit: { most: 150 },
    value: median("scale.look.60.cpu"),
  },
  {
    what: "a look of the agent at 1,000 nodes, wall time",
    unit: "ms",
    limit: { most: 1000 },
    value: median("scale.look.500.wall"),
    obstacle: "each of 500 masters answers with 1,000 lines, and all 500,000 of them are read",
  },
  ...[1, 10, 100, 1000].map((groups): Target => {
    return {
      what: `\`synth\` of ${show(groups, "")} ${groups === 1 ? "group" : "groups"} / the minimal app, time`,
      unit: "x",
      limit: { most: 1.25 },
      value: ratio(`synth.ours.${groups}.wall`, `synth.minimal.${groups}.wall`),
      obstacle: PARTS,
    };
  }),
  {
    what: "`cdktf synth` of the minimal app / `synth`, time, 1 group",
    unit: "x",
    limit: { least: 8 },
    value: ratio("synth.cdktf-minimal.wall", "synth.ours.1.wall"),
    obstacle: PARTS,
  },
  {
    what: "`verify --digest` by DEBUG, keys a second of CPU",
    unit: "keys/s",
    limit: { least: 100_000 },
    value: median("verify.debug.keys-per-core"),
  },
  {
    what: "`verify --digest` by DUMP, keys a second of CPU",
    unit: "keys/s",
    limit: { least: 100_000 },
    value: median("verify.dump.keys-per-core"),
  },
  {
    what: "user data, compressed, without AUTH, TLS and a data volume",
    unit: "B",
    limit: { most: 13_312 },
    value: median("agent.user-data.plain"),
  },
  {
    what: "user data, compressed, with all of them",
    unit: "B",
    limit: { most: 15_360 },
    value: median("agent.user-data.all"),
  },
];

/** The targets whose figures are there, compared with the medians. */
export function verdicts(sheet: Sheet): Verdict[] {
  return TARGETS.flatMap(({ what, unit, limit, value, obstacle }) => {
    const got = value(sheet);
    if (got === undefined) return [];
    const [isMet, bound] =
      "most" in limit
        ? [got <= limit.most, `≤ ${show(limit.most, unit)}`]
        : [got >= limit.least, `≥ ${show(limit.least, unit)}`];
    return [{ what, got: show(got, unit), limit: bound, isMet, obstacle }];
  });
}

function median(name: string): Target["value"] {
  return (sheet) => sheet.figure(name)?.median;
}

/** The quotient of two medians. */
function ratio(name: string, other: string): Target["value"] {
  return (sheet) => {
    const [one, base] = [sheet.figure(name), sheet.figure(other)];
    return one === undefined || base === undefined ? undefined : one.median / base.median;
  };
}

/** The highest median of all cases of a recovery. */
function worst(what: string): Target["value"] {
  return (sheet) => {
    const names = casesIn(sheet).flatMap((each) =>
      ORIGINS.map((origin) => `recover.${nameOf(each)}.${origin}.${what}`),
    );
    const values = names.flatMap((name) => sheet.figure(name)?.median ?? []);
    return values.length === 0 ? undefined : Math.max(...values);
  };
}
