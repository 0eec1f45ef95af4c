import { readFileSync } from "node:fs";
import { join } from "node:path";
import { app, CDK_TERRAIN, CDKTF } from "./app";
import { Project, tarball } from "./project";

/* The recipes of docs/cdk-terrain.md for apps that keep imports of cdktf. */

const PAGE = readFileSync(join(__dirname, "..", "..", "docs/cdk-terrain.md"), "utf8");

interface Recipe {
  readonly dependencies: Record<string, string>;
  readonly overrides: Record<string, string>;
}

/** The package.json of a recipe, with the tarball in place of the published package. */
function recipe(file: string): Recipe {
  const text = new RegExp(`^\`\`\`json ${file}\\n([^]*?)^\`\`\`$`, "m").exec(PAGE)?.[1] ?? "";
  const { dependencies, overrides } = JSON.parse(text) as Recipe;
  const own = { "cdktf-redis-elastigroup": `file:${tarball("cdktf-redis-elastigroup")}` };
  return { dependencies: { ...dependencies, ...own }, overrides };
}

describe.each([
  ["imports cdktf", "alias.json", CDKTF],
  ["imports cdktn", "both-names.json", { ...CDKTF, name: "cdktn" } as const],
])("an app that %s, with the packages of %s,", (_, file, framework) => {
  const project = new Project();

  test("is synthesized by CDK Terrain", () => {
    const { dependencies, overrides } = recipe(file);
    project.install(dependencies, { overrides });
    project.write("app.js", app("JavaScript", framework));
    expect(project.run([process.execPath, "app.js"])).toMatchObject({ status: 0, stderr: "" });
    const stack = JSON.parse(project.read("cdktf.out/stacks/own/cdk.tf.json")) as {
      "//": { metadata: { version: string } };
      resource: object;
    };
    expect(stack["//"].metadata.version).toBe(CDK_TERRAIN.version);
    expect(Object.keys(stack.resource)).toEqual(["spotinst_elastigroup_aws", "terraform_data"]);
  });
});
