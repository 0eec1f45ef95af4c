/** The keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/** A path, or its text where no key on it can have a dot, such as `redis.port`. */
export type Prop = string | Path;

/** The steps of a path. */
export function pathOf(prop: Prop): Path {
  return typeof prop === "string" ? prop.split(".") : prop;
}

/** A path as messages write it, such as `shards[1].adopt`. */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    return shown === "" ? step : `${shown}.${step}`;
  }, "");
}
