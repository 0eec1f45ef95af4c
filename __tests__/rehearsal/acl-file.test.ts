import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aclFile } from "../../rehearsal/acl-file";

const passwords = { operator: "one", application: "two", agent: "three" };
const file = (version: string, isReplica: boolean): string => aclFile({ passwords, version, isReplica });

/** The rules of the agent's user, sorted. */
function agentRules(text: string): string[] {
  const [, rules = ""] = /^user replica on >\S+ (.*)$/m.exec(text) ?? [];
  return rules.split(" ").sort();
}

describe("aclFile", () => {
  test("gives the agent of a replica exactly the rights that docs/config.md has", () => {
    const page = readFileSync(join(__dirname, "../../docs/config.md"), "utf8");
    expect(agentRules(file("7.2.0", true))).toEqual(agentRules(page));
  });

  test("gives the agent of a master only the rights that docs/instance.md has for all servers", () => {
    const page = readFileSync(join(__dirname, "../../docs/instance.md"), "utf8");
    const rows = [...page.matchAll(/^\| (`\+.*?) +\| (all|replicas) +\|/gm)];
    const rules = (on: string): string[] =>
      rows
        .filter(([, , where]) => where === on)
        .flatMap(([, cell = ""]) => cell.replaceAll("\\|", "|").match(/\+[a-z|]+/g) ?? []);
    const [master, replica] = [agentRules(file("7.2.0", false)), agentRules(file("7.2.0", true))];
    expect(master.filter((rule) => rule.startsWith("+"))).toEqual(rules("all").sort());
    expect(replica.filter((rule) => !master.includes(rule))).toEqual(rules("replicas").sort());
  });

  test.each([
    ["7.0.15", false],
    ["7.2.0", true],
    ["8.0.2", true],
  ])("names CLUSTER MYSHARDID for version %s only if that knows it: %s", (version, knows) => {
    expect(agentRules(file(version, true)).includes("+cluster|myshardid")).toBe(knows);
  });

  test("switches the user default off", () => {
    expect(file("7.0.15", true).split("\n")[0]).toBe("user default off");
  });
});
