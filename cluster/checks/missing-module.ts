import { type Check, unchecked } from "./check";
import { judge, namesOf } from "./judge";
import { type Module } from "./node-facts";

/** The modules that are part of a server: since Redis 8.0, and since Valkey 9.1. */
const BUILT_IN: readonly string[] = ["vectorset", "lua"];

/** Redis lists an empty path of such a module, and Valkey its name. */
function isBuiltIn({ name, path }: Module): boolean {
  return path === undefined ? BUILT_IN.includes(name) : path === "" || path === name;
}

/** Paths may differ between machines, so the names of the files are compared. */
export const missingModule: Check = {
  severity: "error",
  keys: ["redis.modules"],
  when: "a master has loaded a module that is not in `redis.modules`",
  why: "A replica without it cannot load the data.",
  check({ masters, expected }) {
    const files = expected.modules.map(fileOf);
    const outcome = judge(
      masters,
      ({ modules }) => modules,
      (modules, found) => {
        const missing = modules.filter(
          (module) =>
            !isBuiltIn(module) &&
            (module.path === undefined ? files.length === 0 : !files.includes(fileOf(module.path))),
        );
        if (missing.length === 0) return undefined;
        const names = missing.map(({ name, path }) => (path === undefined ? name : `${name} (${path})`));
        return {
          seen: `Modules that the config lacks are loaded at ${namesOf(found)}: ${names.join(", ")}.`,
          remedy: "Install them in the image, and add their paths to `redis.modules`.",
        };
      },
    );
    const pathless = masters.filter(
      ({ modules }) =>
        modules.known && modules.value.some((each) => each.path === undefined && !isBuiltIn(each)),
    );
    if (pathless.length === 0 || files.length === 0) return outcome;
    return [
      ...outcome,
      unchecked(`${namesOf(pathless)}: the paths of its modules are not listed (MODULE LIST)`),
    ];
  },
};

function fileOf(path: string): string {
  return path.split(" ", 1)[0]!.split("/").at(-1)!;
}
