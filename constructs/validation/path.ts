/** The keys and indexes of a value. */
export type Path = readonly (string | number)[];

/** A path, or its text such as `redis.port` if none of its keys can contain a dot. */
export type Prop = string | Path;

/** The steps of a path. */
export function pathOf(prop: Prop): Path {
  return typeof prop === "string" ? prop.split(".") : prop;
}

/** A path in the format of messages, such as `shards[1].adopt`. */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    return shown === "" ? step : `${shown}.${step}`;
  }, "");
}
