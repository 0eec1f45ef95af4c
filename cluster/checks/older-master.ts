import { type Check, skipped } from "./check";
import { judge, namesOf } from "./judge";
import { canFollow, releaseOf, showRelease } from "./releases";

export const olderMaster: Check = {
  severity: "warning",
  keys: ["redis.version", "redis.engine"],
  when: "a master cannot load data of the replicas' server (`redis.version`)",
  why: "After a failover, the former master could not follow the promoted replica.",
  check({ masters, expected: { release } }) {
    if (release === undefined)
      return [
        skipped("the release of the replicas' server is not in the config: the image or a package brings it"),
      ];
    return judge(masters, releaseOf, (master, found) =>
      canFollow(master, release) || !canFollow(release, master)
        ? undefined
        : {
            seen: `${showRelease(master)} runs at ${namesOf(found)}, and the config has the newer ${showRelease(release)}.`,
            remedy: `Set \`redis.version\` to a release of ${master.version.split(".").slice(0, 2).join(".")}, or upgrade the masters.`,
          },
    );
  },
};
