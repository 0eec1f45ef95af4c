import { type Answer, known, map } from "../answer";
import { type Server } from "../server";

/** The key of the agent's lock. */
const LOCK = "{redis-replica}:placement";

/** A command that the agent or replication sends to masters, with arguments that Redis takes. It is never run. */
const COMMANDS: readonly (readonly string[])[] = [
  ["psync", "?", "-1"],
  ["replconf", "ack", "0"],
  ["info"],
  ["time"],
  ["dbsize"],
  ["config|get", "save"],
  ["cluster|nodes"],
  ["cluster|info"],
  ["cluster|myid"],
  ["cluster|myshardid"],
  ["cluster|forget", "0"],
  ["cluster|failover"],
  ["set", LOCK, ""],
  ["get", LOCK],
  ["pttl", LOCK],
  ["eval", "return 0", "1", LOCK],
  ["del", LOCK],
];

/** The rights of the agent's user that masters of Redis 7.2 or newer need, as rules of an ACL. */
export const RIGHTS_AT_MASTERS: readonly string[] = [
  `~${LOCK}`,
  ...COMMANDS.map(([name = ""]) => `+${name}`),
];

/** The rights of the agent's user that are missing at a master, as rules of an ACL. */
export async function missingRights(server: Server, user: string): Promise<Answer<readonly string[]>> {
  const dryRun = await byDryRun(server, user);
  if (dryRun.known || ["timeout", "unreachable"].includes(dryRun.cause)) return dryRun;
  const rules = await byRules(server, user);
  return rules.known ? rules : dryRun;
}

/** From Redis 7.0 on. */
async function byDryRun(server: Server, user: string): Promise<Answer<readonly string[]>> {
  const answers = await Promise.all(
    COMMANDS.map(async ([name = "", ...rest]) => {
      const words = [...name.split("|"), ...rest];
      return [name, await server.askText(["ACL", "DRYRUN", user, ...words])] as const;
    }),
  );
  const missing: string[] = [];
  for (const [name, answer] of answers) {
    if (answer.known && answer.value !== "OK") missing.push(ruleOf(name, answer.value));
    // CLUSTER MYSHARDID begins with Redis 7.2.
    else if (!answer.known && !/unknown (command|subcommand)|not found/i.test(answer.reason)) return answer;
    else if (!answer.known && name === "info") return answer;
  }
  return known([...new Set(missing)]);
}

/** A key that the user has no access to needs a rule for the key. */
function ruleOf(name: string, reply: string): string {
  return /\bkey/i.test(reply) ? `~${LOCK}` : `+${name}`;
}

/** Before Redis 7.0. A rule about a category is not evaluated, but for all commands. */
async function byRules(server: Server, user: string): Promise<Answer<readonly string[]>> {
  return map(await server.ask(["ACL", "GETUSER", user]), (pairs) => {
    if (!Array.isArray(pairs)) throw new Error(`${server.name} has no user ${user}`);
    const field = (name: string): string => [pairs[pairs.indexOf(name) + 1] ?? ""].flat().join(" ");
    const rules = field("commands").split(" ");
    if (rules.some((rule) => /^[+-]@(?!all$)/.test(rule)))
      throw new Error(`${server.name}: the rights of ${user} are by categories, and ACL DRYRUN is missing`);
    const missing = COMMANDS.map(([name = ""]) => name)
      .filter((name) => name !== "cluster|myshardid" && !isAllowed(rules, name))
      .map((name) => `+${name}`);
    const keys = field("keys").split(" ");
    return keys.some((key) => ["*", "~*", LOCK, `~${LOCK}`].includes(key))
      ? missing
      : [...missing, `~${LOCK}`];
  });
}

/** The last rule about a command counts. */
function isAllowed(rules: readonly string[], command: string): boolean {
  const names = ["@all", command.split("|")[0], command];
  const last = rules.filter((rule) => names.includes(rule.slice(1))).at(-1);
  return last?.startsWith("+") ?? false;
}
