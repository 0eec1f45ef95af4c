import { App, Fn, TerraformLocal, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellWord, terraformText } from "../../../constructs/terraform/escape";
import { describeWith } from "../../support/needs";

/** The result of `terraform output` for texts in locals of a stack. */
function terraformOutputs(
  texts: (stack: TerraformStack) => Record<string, unknown>,
  variables: Record<string, string> = {},
): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), "terraform-text-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "texts");
    for (const [id, text] of Object.entries(texts(stack))) {
      new TerraformOutput(stack, id, {
        value: new TerraformLocal(stack, `local-${id}`, text).expression,
        staticId: true,
      });
    }
    stack.addOverride("terraform.backend.local.path", "terraform.tfstate");
    app.synth();
    const directory = join(outdir, "stacks/texts");
    const environment = Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value]);
    const terraform = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync("terraform", [`-chdir=${directory}`, ...args], {
        encoding: "utf8",
        timeout: 60_000,
        env: { ...process.env, CHECKPOINT_DISABLE: "1", ...Object.fromEntries(environment) },
      });
      if (status !== 0) throw new Error(stderr);
      return stdout;
    };
    terraform("init", "-no-color");
    terraform("apply", "-auto-approve", "-no-color");
    const outputs = JSON.parse(terraform("output", "-json")) as Record<string, { value: string }>;
    return Object.fromEntries(Object.entries(outputs).map(([id, { value }]) => [id, value]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const NASTY = [
  "${x:-y}", "%{http_code}", "$${x}", "$$${x}", "%%{x}", "${#a[@]}", "$$${${X}}", "$%{x}", "%${x}", "%%%{a}",
  "a\r\nb", "line\u2028break", `"quoted" and 'quoted'`, "back\\slash \\n \\${x}", "ends with $", "ends with %",
  "${Tok[x]}", "~{ $(x) `y` }",
]; // prettier-ignore

describe("terraformText", () => {
  test("escapes only the beginnings of template sequences", () => {
    expect(terraformText("a ${b} %{c} $d %e {f}")).toBe("a $${b} %%{c} $d %e {f}");
  });

  test("keeps tokens unchanged and in their places", () => {
    const stack = new TerraformStack(new App(), "s");
    const token = new TerraformVariable(stack, "v", { type: "string" }).stringValue;
    expect(terraformText(`\${a} ${token} %{b} ${token}`)).toBe(`$\${a} ${token} %%{b} ${token}`);
  });
});

describeWith(["terraform"], "texts through a real terraform apply", () => {
  test("are unchanged", () => {
    const found = terraformOutputs(() =>
      Object.fromEntries(NASTY.map((text, at) => [`t${at}`, terraformText(text)])),
    );
    NASTY.forEach((text, at) => expect(found[`t${at}`]).toBe(text));
  });

  test("have the value of a variable, and the other parts are unchanged", () => {
    const found = terraformOutputs(
      (stack) => {
        const variable = new TerraformVariable(stack, "master_ip", { type: "string" });
        return { script: terraformText(`A=${variable.stringValue} B=\${C:-d} %{http_code}`) };
      },
      { master_ip: "10.0.1.10" },
    );
    expect(found.script).toBe("A=10.0.1.10 B=${C:-d} %{http_code}");
  });

  test("have any value of a variable as one shell word", () => {
    const evil = `it's $(touch /tmp/x) "q" \\ end`;
    const found = terraformOutputs(
      (stack) => {
        const variable = new TerraformVariable(stack, "value", { type: "string" });
        const list = new TerraformVariable(stack, "values", { type: "list(string)" });
        return {
          token: terraformText(`printf %s ${shellWord(`<${variable.stringValue}>`)}`),
          literal: terraformText(`printf %s ${shellWord(evil)}`),
          list: terraformText(`printf %s ${shellWord(Fn.join(" ", list.listValue))}`),
        };
      },
      { value: evil, values: `["a'b","c"]` },
    );
    const run = (script: string | undefined): string =>
      spawnSync("sh", ["-c", script ?? ""], { encoding: "utf8" }).stdout;
    expect(run(found.token)).toBe(`<${evil}>`);
    expect(run(found.literal)).toBe(evil);
    expect(run(found.list)).toBe("a'b c");
  });
});
