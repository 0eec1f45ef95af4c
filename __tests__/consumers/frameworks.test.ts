import { app, CDK_TERRAIN, CDKTF } from "./app";
import { Project, tarball } from "./project";

/* An app with both editions and both frameworks, and without the bindings of AWS. */

const project = new Project();

beforeAll(() => {
  project.install({
    "cdktf-redis-elastigroup": `file:${tarball("cdktf-redis-elastigroup")}`,
    "cdktn-redis-elastigroup": `file:${tarball("cdktn-redis-elastigroup")}`,
    cdktf: CDKTF.version,
    cdktn: CDK_TERRAIN.version,
    constructs: "10.6.0",
    "@cdktf/provider-spotinst": "14.11.1",
    "@types/node": "20.19.43",
  });
}, 300_000);

describe.each([
  { framework: CDKTF, other: CDK_TERRAIN },
  { framework: CDK_TERRAIN, other: CDKTF },
])("in an app of $framework.name", ({ framework, other }) => {
  const wrong = { ...framework, edition: other.edition };
  const sentence = `this app is built with ${framework.name}, and this package with ${other.name}: install and import ${framework.edition} instead`;

  test(`a stack and a construct of ${other.edition} name ${framework.edition}`, () => {
    const stack = app("JavaScript", wrong);
    const construct = stack.replace(/^new RedisReplicasStack.*$/m, "");
    for (const text of [stack, construct]) {
      project.write("wrong.js", text);
      const { status, stderr } = project.run([process.execPath, "wrong.js"]);
      expect(status).toBe(1);
      expect(stderr).toContain(`Error: ${sentence}\n`);
    }
  });

  test(`those of ${framework.edition} are synthesized, without the bindings of AWS`, () => {
    project.write("right.js", app("JavaScript", framework));
    expect(project.run([process.execPath, "right.js"])).toMatchObject({ status: 0, stderr: "" });
  });

  test("TypeScript compiles without them, if it does not check the types of packages", () => {
    project.write("typed.ts", app("TypeScript", framework));
    expect(project.compile("typed.ts", { checked: false })).toMatchObject({ status: 0, stdout: "" });
  });

  test("a network without the bindings of AWS names the command that installs them", () => {
    const text = app("JavaScript", framework)
      .replace("AvailabilityZones,", "AvailabilityZones, Peer,")
      .replace("securityGroupIds:", 'network: { vpcId: "vpc-1", masters: Peer.securityGroup("sg-2") }, _:');
    project.write("network.js", text);
    const { status, stderr } = project.run([process.execPath, "network.js"]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `Error: a security group or role of the replicas needs the AWS bindings: run \`npm install ${framework.awsBindings}\`\n`,
    );
  });
});
