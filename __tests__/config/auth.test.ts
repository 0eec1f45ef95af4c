import { App, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { addStack } from "../../config/stack";
import { example, exampleConfig } from "./example";
import { messages, problemsOf } from "./messages";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const key = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const parameter = { parameter: "/redis/password" };
const file = { file: "/etc/ssl/redis.pem" };
const tls = { ca: file, certificate: file, key: file };

function synth(changes: Record<string, unknown>): any {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), stackTraces: false });
  return JSON.parse(Testing.synth(addStack(app, exampleConfig(changes))));
}

function policyOf(changes: Record<string, unknown>): string {
  const [policy] = Object.values<any>(synth(changes).resource.aws_iam_role_policy);
  return policy.policy as string;
}

test("auth and tls become settings of the instance, and nothing else changes", () => {
  const json = synth({ auth: { password: file }, tls: { ...tls, clientAuth: "none" } });
  const plain = synth({});
  expect(json.output.settings.value).toEqual({
    ...plain.output.settings.value,
    AUTH_USER: "default",
    AUTH_PASSWORD: "file:/etc/ssl/redis.pem",
    TLS_CA: "file:/etc/ssl/redis.pem",
    TLS_CERT: "file:/etc/ssl/redis.pem",
    TLS_KEY: "file:/etc/ssl/redis.pem",
    TLS_CLIENTS: "no",
    REFRESH: "15",
    REGION: "us-west-2",
  });
  expect(json.resource).toEqual(plain.resource);
});

describe("the role", () => {
  test("reads exactly what they name, each once, beside what `secrets` lists", () => {
    const source = { secretsManager: secret, key: "password" };
    const policy = policyOf({
      auth: { password: source },
      tls: { ca: { secretsManager: secret, key: "ca" }, certificate: parameter, key: file },
      secrets: { secretArns: [secret], kmsKeyArns: [key] },
    });
    expect(policy).toContain(`"Action" = ["secretsmanager:GetSecretValue"], "Resource" = ["${secret}"]`);
    expect(policy).toContain('"Action" = ["ssm:GetParameter"], "Resource" = [join(":", ["arn"');
    expect(policy).toContain(`"Action" = ["kms:Decrypt"], "Resource" = ["${key}"]`);
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ["is made for a secret", { auth: { password: { secretsManager: secret } } }, true],
    ["is made for a parameter", { tls: { ...tls, key: parameter } }, true],
    ["is not made for files alone", { auth: { password: file }, tls }, false],
    ["is not made beside a profile", { auth: { password: parameter }, iamInstanceProfile: "redis" }, false],
  ])("%s", (_, changes, isMade) => {
    const { resource, provider } = synth(changes);
    expect([resource.aws_iam_role !== undefined, provider.aws !== undefined]).toEqual([isMade, isMade]);
  });
});

test("variables stand for names, and keep their rules and the value to themselves", () => {
  const { variable, output } = synth({
    auth: {
      username: { variable: "user" },
      password: { secretsManager: { variable: "password" }, key: "password" },
      aclFile: { parameter: { variable: "acl" } },
    },
    tls: { ...tls, ca: { file: { variable: "ca" } } },
  });
  expect(output.settings.value).toMatchObject({
    AUTH_USER: "${var.user}",
    AUTH_PASSWORD: "secretsmanager:${var.password}#password",
    ACL_FILE: "parameter:${var.acl}",
    TLS_CA: "file:${var.ca}",
  });
  const said = Object.values<any>(variable).flatMap(({ validation }) =>
    validation.map((each: any) => each.error_message as string),
  );
  expect(said.length).toBeGreaterThan(5);
  for (const each of said) expect(each).toMatch(/^`(auth|tls)\..* must .*, got: a text$/);
  expect(said.filter((each) => each.includes("in `region` (us-west-2)"))).toHaveLength(2);
});

const SOURCE =
  "must name where instances read it, and not hold the secret itself: exactly one of `secretsManager`, `parameter` and `file`, such as `{ parameter: /redis/password }`, got: ";

test.each<[mistake: string, changes: Record<string, unknown>, ...messages: string[]]>([
  ["a literal password", { auth: { password: "hunter2" } }, `\`auth.password\` ${SOURCE}a text`],
  ["a number", { auth: { password: 12345678 } }, `\`auth.password\` ${SOURCE}a number`],
  ["auth as a password", { auth: "hunter2" }, "`auth` must hold `password`, got: a text"],
  [
    "no password",
    { auth: {} },
    "`auth.password` must be given, got: nothing. Add it, such as `password: { parameter: /redis/password }`.",
  ],
  ["no source", { auth: { password: {} } }, `\`auth.password\` ${SOURCE}a map with no keys`],
  [
    "two sources",
    { auth: { password: { ...parameter, ...file } } },
    `\`auth.password\` ${SOURCE}a map with parameter, file`,
  ],
  [
    "a password for an ARN",
    { auth: { password: { secretsManager: "hunter2" } } },
    "`auth.password.secretsManager` must be a secret's whole ARN with its last six characters, such as arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3, got: a text",
  ],
  [
    "a key of a parameter",
    { auth: { password: { ...parameter, key: "password" } } },
    "`auth.password.key` must be left out unless `secretsManager` is given, got: a text",
  ],
  [
    "a variable for the password",
    { auth: { password: { variable: "password" } } },
    '`auth.password.variable` must be a known key, got: "variable". Terraform would keep the secret in its state. A variable may bring the ARN, the name or the path.',
  ],
  [
    "a misspelt store",
    { auth: { password: { secretManager: secret } } },
    '`auth.password.secretManager` must be a known key, got: "secretManager". Did you mean `secretsManager`?',
  ],
  [
    "a secret of another region",
    { auth: { password: { secretsManager: secret.replace("us-west-2", "eu-west-1") } } },
    "`auth.password.secretsManager` must be in `region` (us-west-2), got: a text",
  ],
  [
    "a user without the file of users",
    { auth: { username: "replica", password: parameter } },
    "`auth.aclFile` must be given where `username` is not `default`, since a replica has no other user without it, got: nothing",
  ],
  [
    "TLS without a key",
    { tls: { ca: file, certificate: file } },
    "`tls.key` must be given, got: nothing. Add it, such as `key: { parameter: /redis/key }`.",
  ],
  [
    "a port of its own",
    { tls: { ...tls, port: 6380 } },
    '`tls.port` must be a known key, got: "port". With `tls`, `redis.port` takes TLS only.',
  ],
  [
    "keys for files alone",
    { tls, secrets: { kmsKeyArns: [key] } },
    "`secrets` must name at least one secret or parameter, got:",
  ],
  [
    "mistakes in several places",
    { auth: { password: "hunter2", refreshMinutes: 0 }, tls: { ...tls, key: "hunter2" } },
    `\`auth.password\` ${SOURCE}a text`,
    "`auth.refreshMinutes` must be a whole number from 1 to 1440, got: a number",
    `\`tls.key\` ${SOURCE}a text`,
  ],
])("%s: one message each", (_, changes, ...expected) => {
  const found = messages(changes);
  expect(found).toEqual(expected.map((message) => expect.stringContaining(message) as string));
});

test("keys beside a source are enough for `secrets`", () => {
  expect(messages({ auth: { password: parameter }, secrets: { kmsKeyArns: [key] } })).toEqual([]);
});

/** Every place below `auth` and `tls`, and above. */
const PLACES = ["auth", "tls"].flatMap((top) => {
  const source = ["", ".secretsManager", ".parameter", ".file", ".key"];
  const parts = top === "auth" ? ["password", "aclFile"] : ["ca", "certificate", "key"];
  const others = top === "auth" ? ["username", "refreshMinutes"] : ["clientAuth"];
  return [
    top,
    ...others.map((each) => `${top}.${each}`),
    ...parts.flatMap((part) => source.map((each) => `${top}.${part}${each}`)),
  ];
});

test.each(PLACES)("a secret that stands at %s is in no message", (place) => {
  for (const needle of ["hunter2 needle", "hunter2\nneedle"]) {
    const data = parse(stringify(example({ auth: { password: {} }, tls }))) as Record<string, any>;
    const steps = place.split(".");
    let parent: Record<string, any> = data;
    for (const step of steps.slice(0, -1)) parent = parent[step] = { ...parent[step] };
    parent[steps.at(-1)!] = needle;
    const found = problemsOf(stringify(data));
    expect(found.length).toBeGreaterThan(0);
    for (const { message } of found) expect(message).not.toMatch(/hunter2|needle/);
  }
});

test.each([
  "*hunter2",
  "!hunter2",
  "!!hunter2",
  "|hunter2",
  "{ hunter2 }",
  "[hunter2",
  "&hunter2 x",
  "!<hunter2",
  "'hunter2'x",
])("a password that YAML takes for something else is in no message: %s", (text) => {
  const found = problemsOf(`name: a\nauth:\n  password: ${text}\n`);
  expect(found.length).toBeGreaterThan(0);
  for (const { message } of found) expect(message).not.toContain("hunter2");
});
