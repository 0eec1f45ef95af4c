import { Token } from "cdktf";
import { SecretSource } from "../../../constructs";

const arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis/auth-a1B2c3";
const parameter = "arn:aws:ssm:us-west-2:123456789012:parameter/redis/password";

test.each<[SecretSource, string]>([
  [SecretSource.secretsManager(arn), `secretsmanager:${arn}`],
  [SecretSource.secretsManager(arn, { key: "password" }), `secretsmanager:${arn}#password`],
  [SecretSource.parameter("/redis/password"), "parameter:/redis/password"],
  [SecretSource.parameter("redis-password"), "parameter:redis-password"],
  [SecretSource.parameter(parameter), `parameter:${parameter}`],
  [SecretSource.file("/etc/ssl/redis/ca.pem"), "file:/etc/ssl/redis/ca.pem"],
])("%j is written %s", (source, text) => {
  expect(source.text).toBe(text);
});

describe("a mistake is refused, and its message has no value, which may be the secret", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a password for an ARN",
      () => SecretSource.secretsManager("hunter2"),
      "`secretsManager` must be a secret's whole ARN",
    ],
    [
      "an ARN without its end",
      () => SecretSource.secretsManager(arn.slice(0, -7)),
      "`secretsManager` must be a secret's whole ARN",
    ],
    [
      "a key that could be another secret's",
      () => SecretSource.secretsManager(arn, { key: "hunter2#" }),
      "`secretsManager.key` must be a key of the secret's JSON",
    ],
    [
      "a parameter with levels and no slash",
      () => SecretSource.parameter("redis/hunter2"),
      "`parameter` must be the name or ARN of a parameter, such as /redis/password",
    ],
    [
      "a secret for a parameter",
      () => SecretSource.parameter(arn),
      "`parameter` must be the name or ARN of a parameter",
    ],
    [
      "a file's name",
      () => SecretSource.file("hunter2"),
      "`file` must be the absolute path of a file, such as /etc/ssl/redis.pem",
    ],
    ["a folder", () => SecretSource.file("/etc/ssl/"), "`file` must be the absolute path of a file"],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(/got: a text$/);
  });
});

test("a value that only Terraform knows is left to a precondition that does not show it either", () => {
  const token = Token.asString({ resolve: () => "${var.x}" });
  for (const source of [
    SecretSource.secretsManager(token),
    SecretSource.parameter(token),
    SecretSource.file(token),
  ]) {
    expect(source._preconditions).toEqual([
      expect.objectContaining({ errorMessage: expect.stringMatching(/must .*, got: a text$/) as string }),
    ]);
  }
});
