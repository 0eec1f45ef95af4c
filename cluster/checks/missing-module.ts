import { type Check, unchecked } from "./check";
import { judge, namesOf } from "./judge";

/** Paths may differ between machines, so the names of the files are compared. */
export const missingModule: Check = {
  severity: "error",
  keys: ["redis.modules"],
  when: "a master has loaded a module that is not in `redis.modules`",
  why: "A replica without it cannot load the data.",
  check({ masters, expected }) {
    const files = expected.modules.map(fileOf);
    // A module that is part of the server has an empty path.
    const outcome = judge(
      masters,
      ({ modules }) => modules,
      (modules, found) => {
        const missing = modules.filter(({ path }) =>
          path === undefined ? files.length === 0 : path !== "" && !files.includes(fileOf(path)),
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
      ({ modules }) => modules.known && modules.value.some(({ path }) => path === undefined),
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
