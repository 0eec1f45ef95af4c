import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terraform, TerraformError } from "../../rehearsal/terraform";
import { describeWith } from "../support/needs";

describeWith(["terraform"], "Terraform", () => {
  let directory: string;

  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), "terraform-test-"))));
  afterEach(() => rm(directory, { recursive: true }));

  const write = (configuration: object) =>
    writeFile(join(directory, "main.tf.json"), JSON.stringify(configuration));

  const withVariables = {
    variable: { list: { type: "list(string)", default: [] }, text: { type: "string", default: "" } },
    output: { list: { value: "${var.list}" }, text: { value: "${var.text}" } },
  };

  test("variables are passed unchanged, and outputs are returned", async () => {
    await write(withVariables);
    const terraform = new Terraform(directory);
    await terraform.init();
    const variables = { list: ["a", 'b"$'], text: "1 ${x}" };
    expect((await terraform.plan(variables)).exitCode).toBe(2);
    await terraform.apply(variables);
    expect(await terraform.output()).toEqual(variables);
    expect((await terraform.plan(variables)).exitCode).toBe(0);
    await terraform.destroy();
    expect(await terraform.output()).toEqual({});
  }, 60_000);

  test("variables of the process are not passed to a run, given ones are", async () => {
    await write(withVariables);
    process.env.TF_VAR_text = "from outside";
    try {
      await new Terraform(directory).init();
      await new Terraform(directory).apply();
      expect(await new Terraform(directory).output()).toMatchObject({ text: "" });
      await new Terraform(directory, { TF_VAR_text: "given" }).apply();
      expect(await new Terraform(directory).output()).toMatchObject({ text: "given" });
    } finally {
      delete process.env.TF_VAR_text;
    }
  }, 60_000);

  test("an error has the command, its exit code and the last output of Terraform", async () => {
    await write({ output: { x: { value: "${var.missing}" } } });
    const terraform = new Terraform(directory);
    await terraform.init();
    const error = await terraform.apply().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TerraformError);
    expect(error).toMatchObject({ command: "terraform apply", exitCode: 1 });
    expect((error as TerraformError).message).toMatch(/exited with 1[^]*undeclared input variable/);
  }, 60_000);

  test("a command that exceeds its timeout is ended", async () => {
    await write({
      resource: { terraform_data: { slow: { provisioner: { "local-exec": { command: "sleep 30" } } } } },
    });
    await new Terraform(directory).init();
    const started = Date.now();
    await expect(new Terraform(directory, {}, { timeoutMs: 2000 }).apply()).rejects.toThrow(
      "took longer than 2000 ms",
    );
    expect(Date.now() - started).toBeLessThan(15_000);
  }, 60_000);
});
