import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "../../support/folder";

/*
 * The schema of each AWS resource of this package, from the bindings. `npx tsx __tests__/constructs/access/aws-schema.ts`
 * records it again. A test compares it, to find the changes of another version of the bindings.
 */

export const RECORDED = join(__dirname, "recorded/aws-schema.json");

const LIB = join(ROOT, "node_modules/@cdktf/provider-aws/lib");

/** The JSON type of an attribute, and whether it is required. */
export interface Attribute {
  readonly type: "string" | "number" | "boolean" | "string[]" | "map" | "block";
  readonly required: boolean;
}

/** Attributes by their Terraform names, for each resource type. */
export type Schema = Record<string, Record<string, Attribute>>;

/** The resources that the package imports and can create. */
export function resources(): string[] {
  const text = readFileSync(join(ROOT, "constructs/access/aws-resources.ts"), "utf8");
  return [...text.matchAll(/provider-aws\/lib\/([a-z-]+)"/g)]
    .map(([, name]) => name!)
    .filter((name) => name !== "provider");
}

/** The schema of the installed bindings: names from their output, types from their input. */
export function derive(): Schema {
  return Object.fromEntries(
    resources().map((name) => {
      const code = readFileSync(join(LIB, name, "index.js"), "utf8");
      const types = readFileSync(join(LIB, name, "index.d.ts"), "utf8");
      const type = /tfResourceType = "([^"]+)"/.exec(types)![1]!;
      const properties = configOf(types);
      const written = /synthesizeAttributes\(\) \{\s+return \{([^]*?)\n {8}\};/.exec(code)![1]!;
      const attributes = [...written.matchAll(/^ {12}(\w+): /gm)].map(([, attribute]) => attribute!);
      return [type, Object.fromEntries(attributes.map((each) => [each, properties.get(camel(each))!]))];
    }),
  );
}

/** The properties of the file's `…Config` interface. */
function configOf(text: string): Map<string, Attribute> {
  const file = ts.createSourceFile("index.d.ts", text, ts.ScriptTarget.Latest, true);
  const config = file.statements.find(
    (each): each is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(each) && each.heritageClauses !== undefined,
  )!;
  return new Map(
    config.members.filter(ts.isPropertySignature).map((member) => [
      member.name.getText(),
      {
        type: kindOf(member.type!.getText().replace(/\s+/g, " ")),
        required: member.questionToken === undefined,
      },
    ]),
  );
}

function kindOf(type: string): Attribute["type"] {
  if (type === "string" || type === "number" || type === "string[]") return type;
  if (type.startsWith("boolean")) return "boolean";
  return type.startsWith("{ [key: string]: string") ? "map" : "block";
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

if (require.main === module) writeFileSync(RECORDED, `${JSON.stringify(derive(), undefined, 2)}\n`);
