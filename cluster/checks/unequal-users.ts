import { type Check, unchecked } from "./check";
import { namesOf } from "./judge";
import { releaseOf, showRelease } from "./releases";

/** The rules are compared by their digests, since they have hashes of passwords. */
export const unequalUsers: Check = {
  severity: "error",
  keys: ["auth.aclFile", "auth.username"],
  when: "a user of the access control lists is not the same at all masters",
  why: "A client or a replica that can log in to one master could not work with another, or after a failover.",
  check({ masters }) {
    const releases = masters.flatMap((node) => {
      const release = releaseOf(node);
      return release.known ? [showRelease(release.value)] : [];
    });
    if (new Set(releases).size > 1)
      return [
        unchecked("the masters run different releases, which may list the same rules in different ways"),
      ];
    const answers = masters.map(({ name, users }) => ({ name, users }));
    const unknown = answers.flatMap(({ users }) => (users.known ? [] : [unchecked(users.reason)]));
    const listed = answers.flatMap(({ name, users }) => (users.known ? [{ name, users: users.value }] : []));
    const names = [...new Set(listed.flatMap(({ users }) => Object.keys(users)))].sort();
    const findings = names.flatMap((user) => {
      const byRules = new Map<string | undefined, { name: string }[]>();
      for (const { name, users } of listed)
        byRules.set(users[user], [...(byRules.get(users[user]) ?? []), { name }]);
      if (byRules.size < 2) return [];
      const missing = byRules.get(undefined);
      const seen =
        missing === undefined
          ? `The user ${user} has different rules or passwords: ${[...byRules.values()].map(namesOf).join(" against ")}.`
          : `The user ${user} is missing at ${namesOf(missing)}.`;
      return [
        {
          seen,
          remedy: `Compare the output of \`ACL GETUSER ${user}\`, set the user alike with \`ACL SETUSER\`, and keep it with \`ACL SAVE\` (with \`aclfile\`) or \`CONFIG REWRITE\`.`,
        },
      ];
    });
    return [...findings, ...unknown];
  },
};
