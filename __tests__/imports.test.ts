import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as ts from "typescript";
import { ROOT } from "./support/folder";

const FOLDERS = ["constructs", "config", "cli", "cluster", "packaging", "rehearsal", "bench", "__tests__"];

/** Every TypeScript file of the repository, by its path from the root, with the files that it imports. */
const imports = new Map(["main.ts", ...FOLDERS.flatMap(filesOf)].map((file) => [file, importsOf(file)]));

function filesOf(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

/** The files that a file imports in any way: type-only imports, re-exports and imports at run time. */
function importsOf(file: string): string[] {
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteral(specifier)) specifiers.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.ES2022));
  return specifiers.filter((text) => text.startsWith(".")).map((text) => resolved(file, text));
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  const isImport =
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
  return isImport ? node.arguments[0] : undefined;
}

function resolved(file: string, specifier: string): string {
  // import() needs the extension of the compiled file.
  const path = join(ROOT, dirname(file), specifier.replace(/\.js$/, ""));
  const found = [`${path}.ts`, join(path, "index.ts"), path].find(
    (each) => existsSync(each) && statSync(each).isFile(),
  );
  if (found === undefined) throw new Error(`${file} imports ${specifier}, which is no file`);
  return relative(ROOT, found);
}

/** All files that a file imports, directly or through others. It contains the file itself only if there is a cycle. */
function reachedFrom(file: string): Set<string> {
  const reached = new Set<string>();
  const queue = [...(imports.get(file) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (!reached.has(next)) queue.push(...(imports.get(next) ?? []));
    reached.add(next);
  }
  return reached;
}

test("there are no import cycles, including type-only imports", () => {
  expect(imports.size).toBeGreaterThan(200);
  expect([...imports.keys()].filter((file) => reachedFrom(file).has(file))).toEqual([]);
});

describe("the group can be used without Redis", () => {
  const group = [...imports.keys()].filter((file) => file.startsWith("constructs/elastigroup/"));

  test("its files import only its own folder, validation and terraform", () => {
    const reached = new Set(group.flatMap((file) => [...reachedFrom(file)].map(dirname)));
    expect([...reached].sort()).toEqual([
      "constructs/elastigroup",
      "constructs/terraform",
      "constructs/validation",
    ]);
  });

  test("its sources do not mention Redis", () => {
    expect(group.filter((file) => /redis/i.test(readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
  });
});

describe("lint allows imports in one direction", () => {
  const refused: [file: string, specifier: string][] = [
    ["constructs/index.ts", "../config/load"],
    ["constructs/elastigroup/volume.ts", "../../cli"],
    ["constructs/elastigroup/volume.ts", "../redis/shard"],
    ["constructs/elastigroup/volume.ts", "../access/peer"],
    ["constructs/elastigroup/volume.ts", "../../constructs/redis/shard"],
    ["constructs/elastigroup/deeper/volume.ts", "../../redis/shard"],
    ["constructs/access/peer.ts", "../redis/shard"],
    ["constructs/access/peer.ts", "../elastigroup/volume"],
    ["constructs/validation/formats.ts", "../elastigroup/volume"],
    ["constructs/validation/formats.ts", "../redis/shard"],
    ["constructs/validation/formats.ts", "../access/peer"],
    ["constructs/terraform/hcl.ts", "../validation/formats"],
    ["constructs/redis/shard.ts", "../../cluster/view"],
    ["constructs/redis/shard.ts", "../../__tests__/config/example"],
    ["config/load.ts", "../cli"],
    ["config/schema/redis.ts", "../../cli/plan/group"],
    ["config/schema/redis.ts", "../../rehearsal/wait"],
    ["cli/index.ts", "../rehearsal/wait"],
    ["cli/plan/group.ts", "../../bench/table"],
    ["cluster/view.ts", "../config/load"],
    ["cluster/checks/auth.ts", "../../cli"],
    ["cluster/checks/auth.ts", "../../constructs"],
    ["rehearsal/scene.ts", "../config/load"],
    ["rehearsal/faults/fault.ts", "../../cli/plan/group"],
    ["rehearsal/faults/fault.ts", "../../bench/table"],
    ["rehearsal/faults/fault.ts", "../../constructs/redis/shard"],
    ["bench/boot.ts", "../cli"],
    ["bench/boot.ts", "../constructs/terraform/hcl"],
    ["main.ts", "./cli"],
    ["main.ts", "./rehearsal/wait"],
    ["config/load.ts", "@cdktf/provider-aws"],
    ["constructs/redis/shard.ts", "@cdktf/provider-spotinst"],
    ["__tests__/docs.test.ts", "@cdktf/provider-aws"],
  ];

  const allowed: [file: string, specifier: string][] = [
    ["constructs/elastigroup/volume.ts", "../terraform/hcl"],
    ["constructs/elastigroup/volume.ts", "./redis"],
    ["constructs/redis/shard.ts", "../elastigroup/volume"],
    ["constructs/redis/shard.ts", "../access/peer"],
    ["config/schema/redis.ts", "../../constructs/validation/formats"],
    ["cli/plan/group.ts", "../../config/load"],
    ["cli/plan/group.ts", "../../cluster/view"],
    ["rehearsal/faults/fault.ts", "../../constructs"],
    ["rehearsal/faults/fault.ts", "../../cluster/view"],
    ["bench/boot.ts", "../rehearsal/stage"],
    ["main.ts", "./config/load"],
    ["__tests__/cli/run.ts", "../../cli"],
    ["config/load.ts", "@cdktf/provider-aws/lib/iam-role"],
  ];
  const messages = messagesOf([...refused, ...allowed]);

  test.each(refused.map((each, index) => [...each, messages[index]] as const))(
    "%s must not import %s",
    (_, __, found) => expect(found).toHaveLength(1),
  );

  test.each(allowed.map((each, index) => [...each, messages[refused.length + index]] as const))(
    "%s may import %s",
    (_, __, found) => expect(found).toEqual([]),
  );

  test("a message lists the folders that may be imported", () => {
    const index = refused.findIndex(([, specifier]) => specifier === "../redis/shard");
    expect(messages[index]).toEqual([
      expect.stringContaining("elastigroup may import only validation, terraform."),
    ]);
  });
});

/** The lint messages about each import. */
function messagesOf(samples: readonly [file: string, specifier: string][]): string[][] {
  const program = join(__dirname, "support/lint-imports.mjs");
  const options = { cwd: ROOT, encoding: "utf8", input: JSON.stringify(samples) } as const;
  return JSON.parse(execFileSync(process.execPath, [program], options)) as string[][];
}
