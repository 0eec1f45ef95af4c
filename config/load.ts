import { type Path } from "../constructs/validation/path";
import { schemaAt, validParts } from "./schema-walk";
import { ConfigError, type Problem } from "./problem";
import { fromIssues, fromViolation, malformed, type Mistake, mistakeOf, problemAt } from "./problems";
import { RULES, type Violation } from "./rules";
import { type ClusterConfig, clusterConfig } from "./schema";
import { Source, STDIN } from "./source";

/** A valid config and its source text, which has the position of every value. */
export interface LoadedConfig {
  readonly config: ClusterConfig;
  readonly source: Source;
}

/** Reads config files, `-` being standard input. Throws one `ConfigError` with all problems of all files. */
export function loadConfigs(files: readonly string[]): LoadedConfig[] {
  if (files.filter((file) => file === STDIN).length > 1)
    throw new ConfigError([
      { file: STDIN, message: "standard input must be given once, since it can be read only once" },
    ]);
  const problems: Problem[] = [];
  const loaded = files.flatMap((file) => {
    const source = Source.read(file);
    const { config, problems: found } = check(source);
    problems.push(...found);
    return config === undefined ? [] : [{ config, source }];
  });
  problems.push(...sameNames(loaded));
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

/** The config in one file, or all its problems, in the order of the file. */
export function check(source: Source): { config?: ClusterConfig; problems: readonly Problem[] } {
  if (source.malformations.length > 0) return { problems: malformed(source) };
  const { config, mistakes } = checkData(source.data);
  const problems = mistakes
    .map((mistake) => problemAt(source, mistake))
    .sort((a, b) => (a.at?.byte ?? 0) - (b.at?.byte ?? 0));
  return problems.length > 0 ? { problems } : { config, problems };
}

/** The config in the data of a file, or all its mistakes. */
export function checkData(data: unknown): { config?: ClusterConfig; mistakes: readonly Mistake[] } {
  const { data: config, error } = clusterConfig.safeParse(data);
  const issues = error?.issues ?? [];
  // The rules get all values that are valid by themselves, so that one mistake does not hide another.
  const valid = config ?? ((validParts(data) ?? {}) as Partial<ClusterConfig>);
  const known = new Set(issues.map(({ path }) => path.join("\0")));
  const violations = [...RULES.flatMap((rule) => rule(valid)), ...barred(data, [])];
  const mistakes = [
    ...fromIssues(data, issues),
    ...violations
      .filter(({ path }) => !known.has(path.join("\0")))
      .map((violation) => mistakeOf(data, violation)),
  ];
  return { config, mistakes };
}

/** Texts that no value may contain. */
const BARRED = [
  { part: "{TfToken[", rule: "not contain {TfToken[, which cdktf reserves" },
  { part: "\0", rule: "not contain a NUL, which shells do not support" },
];

function barred(value: unknown, path: Path): Violation[] {
  if (typeof value === "string")
    return BARRED.filter(({ part }) => value.includes(part)).map(({ rule }) => ({ path, rule }));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [...barredKey(key, here), ...barred(key, here), ...barred(each, here)];
  });
}

/** Maps of which every part is free. */
const FREE: readonly unknown[] = ["backend", "overrides"];

/** The key that JavaScript drops from maps with arbitrary keys. In other maps it is an unknown key. */
function barredKey(key: string, path: Path): Violation[] {
  if (key !== "__proto__" || (!FREE.includes(path[0]) && schemaAt(path.slice(0, -1))?.type !== "record"))
    return [];
  return [{ path, rule: "have another name, since JavaScript reserves this one", ofKey: true }];
}

/** Configs whose stacks would overwrite each other. Some file systems are case-insensitive. */
function sameNames(loaded: readonly LoadedConfig[]): Problem[] {
  const first = new Map<string, string>();
  return loaded.flatMap(({ config: { name }, source }) => {
    const other = first.get(name.toLowerCase());
    first.set(name.toLowerCase(), other ?? source.file);
    return other === undefined
      ? []
      : [
          fromViolation(source, {
            path: ["name"],
            rule: `be unique among the config files; ${other} uses it too`,
          }),
        ];
  });
}
