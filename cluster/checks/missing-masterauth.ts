import { type Answer, known } from "../answer";
import { type Check, NOT_APPLICABLE } from "./check";
import { judge, namesOf } from "./judge";
import { type NodeFacts } from "./node-facts";

/** Both directives; the user is empty for `default`. */
function loginOf({ directives }: NodeFacts): Answer<{ auth: string; user: string }> {
  const [auth, user] = [directives.masterauth, directives.masteruser];
  if (!auth.known) return auth;
  return user.known ? known({ auth: auth.value ?? "", user: user.value ?? "" }) : user;
}

/** A master that is failed over becomes a replica. */
export const missingMasterauth: Check = {
  severity: "error",
  keys: ["auth.password", "auth.username"],
  when: "with `auth`, a master has no `masterauth`, or another `masteruser` than `auth.username`",
  why: "After a failover, the former master could not log in to the promoted replica.",
  check({ masters, expected: { username } }) {
    if (username === undefined) return NOT_APPLICABLE;
    const allowed = username === "default" ? ["", "default"] : [username];
    return judge(masters, loginOf, ({ auth, user }, found) => {
      const problems = [
        ...(auth === "" ? ["`masterauth` is not set"] : []),
        ...(allowed.includes(user) ? [] : [`\`masteruser\` is ${user || "not set"}`]),
      ];
      if (problems.length === 0) return undefined;
      const setUser = username === "default" ? "" : ` \`CONFIG SET masteruser ${username}\`,`;
      return {
        seen: `${problems.join(" and ")} at ${namesOf(found)}.`,
        remedy: `In \`redis-cli\` at each of them, so that the password is in no command line:${setUser} \`CONFIG SET masterauth PASSWORD\` and \`CONFIG REWRITE\`.`,
      };
    });
  },
};
