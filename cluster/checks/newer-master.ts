import { type Check, skipped } from "./check";
import { judge, namesOf } from "./judge";
import { canFollow, releaseOf, showRelease } from "./releases";

export const newerMaster: Check = {
  severity: "error",
  keys: ["redis.version", "redis.engine"],
  when: "a master sends data that the replicas' server (`redis.version`) cannot load",
  why: "The replicas refuse to follow such a master.",
  check({ masters, expected: { release } }) {
    if (release === undefined)
      return [
        skipped("the release of the replicas' server is not in the config: the image or a package brings it"),
      ];
    return judge(masters, releaseOf, (master, found) =>
      canFollow(release, master)
        ? undefined
        : {
            seen: `${showRelease(master)} runs at ${namesOf(found)}, and the config has ${showRelease(release)}.`,
            remedy: `Set \`redis.engine: ${master.engine}\` and \`redis.version: ${master.version}\`.`,
          },
    );
  },
};
