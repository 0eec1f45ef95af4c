import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { redisCli } from "./redis-cli";

export const missingRight: Check = {
  severity: "error",
  keys: ["auth.username", "auth.aclFile"],
  when: "the user of the agent (`auth.username`) lacks a right at a master",
  why: "The agent waits at the first command that is refused, and the replica does not join or recover.",
  check(facts) {
    const { masters, expected } = facts;
    const user = expected.username ?? "default";
    return judge(
      masters,
      ({ missingRights }) => missingRights,
      (missing, found) =>
        missing.length === 0
          ? undefined
          : {
              seen: `The user ${user} lacks at ${namesOf(found)}: ${missing.join(" ")}.`,
              remedy: "Grant them, in the ACL file of the replicas (`auth.aclFile`) too:",
              commands: found.map(({ endpoint }) =>
                redisCli(facts, endpoint, "ACL", "SETUSER", user, ...missing),
              ),
            },
    );
  },
};
