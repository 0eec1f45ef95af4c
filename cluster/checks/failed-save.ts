import { map } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { redisCli } from "./redis-cli";

/** What INFO shows of the last write to each file. */
const STATUSES = ["rdb_last_bgsave_status", "aof_last_write_status"] as const;

/** Such a node answers, and is listed and replicated as before. */
export const failedSave: Check = {
  severity: "error",
  keys: ["masters"],
  when: "the last save of a node, or the last write to its append-only file, has failed",
  why: "A master then refuses writes (MISCONF, by default), and what a restart loads is old.",
  check(facts) {
    return judge(
      facts.nodes,
      ({ name: node, member: { info } }) =>
        map(info, (fields) => {
          if (fields["rdb_last_bgsave_status"] === undefined)
            throw new Error(`${node}: INFO has no rdb_last_bgsave_status`);
          return STATUSES.filter((name) => fields[name] === "err");
        }),
      (failed, found) =>
        failed.length === 0
          ? undefined
          : {
              seen: `${failed.map((name) => `\`${name}\` is err`).join(" and ")} at ${namesOf(found)}.`,
              remedy:
                "The log of the server has the reason, such as a full disk or too little memory for a fork. Remove it, then save again:",
              commands: found.map(({ endpoint }) => redisCli(facts, endpoint, "BGSAVE")),
            },
    );
  },
};
