import { Token } from "cdktf";
import {
  BootScript,
  type BootScriptProps,
  ClientAuth,
  type RedisAuth,
  SecretSource,
} from "../../../constructs";

const region = "us-west-2";
const arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const password = SecretSource.parameter("/redis/password");
const tls = {
  ca: SecretSource.file("/etc/ssl/redis/ca.pem"),
  certificate: SecretSource.secretsManager(arn, { key: "certificate" }),
  key: SecretSource.secretsManager(arn, { key: "key" }),
};

function script(props: Partial<BootScriptProps>): BootScript {
  return new BootScript({ masters: ["10.0.1.10"], region, ...props });
}

const NAMES = /^(AUTH_|ACL_|TLS_|REFRESH$|REGION$)/;

function settings(props: Partial<BootScriptProps>): Record<string, string> {
  return Object.fromEntries(Object.entries(script(props).settings).filter(([name]) => NAMES.test(name)));
}

test("without a password and TLS, no setting is about them, and the script is the same", () => {
  expect(settings({})).toEqual({});
  expect(script({}).text).toBe(script({ region: undefined }).text);
});

test("a password is of the default user, and read every 15 minutes", () => {
  expect(settings({ auth: { password } })).toEqual({
    AUTH_USER: "default",
    AUTH_PASSWORD: "parameter:/redis/password",
    REFRESH: "15",
    REGION: "us-west-2",
  });
});

test("another user comes with the file of all users", () => {
  const auth = { username: "replica", password, aclFile: SecretSource.file("/etc/acl"), refreshMinutes: 5 };
  expect(settings({ auth })).toEqual({
    AUTH_USER: "replica",
    AUTH_PASSWORD: "parameter:/redis/password",
    ACL_FILE: "file:/etc/acl",
    REFRESH: "5",
    REGION: "us-west-2",
  });
});

test.each([
  [undefined, "yes"],
  [ClientAuth.REQUIRED, "yes"],
  [ClientAuth.OPTIONAL, "optional"],
  [ClientAuth.NONE, "no"],
])("TLS without a password has its three sources, and asks of clients (%j): %s", (clientAuth, asked) => {
  expect(settings({ tls: { ...tls, clientAuth } })).toEqual({
    TLS_CA: "file:/etc/ssl/redis/ca.pem",
    TLS_CERT: `secretsmanager:${arn}#certificate`,
    TLS_KEY: `secretsmanager:${arn}#key`,
    TLS_CLIENTS: asked,
    REFRESH: "15",
    REGION: "us-west-2",
  });
});

test.each<[string, Partial<BootScriptProps>, string]>([
  [
    "a user without the file of users",
    { auth: { username: "replica", password } },
    "`auth.aclFile` must be given where `username` is not `default`, since a replica has no other user without it, got: nothing",
  ],
  [
    "a user's name with a blank",
    { auth: { username: "a b", password } },
    "`auth.username` must be a user's name",
  ],
  [
    "no minutes",
    { auth: { password, refreshMinutes: 0 } },
    "`auth.refreshMinutes` must be a whole number from 1 to 1440",
  ],
  ["no region", { auth: { password }, region: undefined }, "`region` must be given with `auth` or `tls`"],
  [
    "a secret of another region",
    { tls: { ...tls, key: SecretSource.secretsManager(arn.replace("us-west-2", "eu-west-1")) } },
    "`tls.key` must be in `region` (us-west-2), got: a text",
  ],
  [
    "a literal password",
    { auth: { password: "hunter2" as unknown as SecretSource } },
    "`auth.password` must be one of SecretSource.secretsManager(...), SecretSource.parameter(...), SecretSource.file(...), got: a text",
  ],
  ["no password", { auth: {} as RedisAuth }, "`auth.password` must be given, got: nothing"],
  [
    "no key",
    { tls: { ...tls, key: undefined as unknown as SecretSource } },
    "`tls.key` must be given, got: nothing",
  ],
])("%s is refused", (_, props, message) => {
  expect(() => script(props)).toThrow(message);
});

test("a user that only Terraform knows is left to a precondition", () => {
  const username = Token.asString({ resolve: () => "${var.user}" });
  const said = (auth: RedisAuth): string[] =>
    script({ auth }).preconditions.map(({ errorMessage }) => errorMessage);
  expect(said({ username, password })).toContainEqual(
    expect.stringContaining("`auth.aclFile` must be given"),
  );
  expect(said({ username, password, aclFile: password })).not.toContainEqual(
    expect.stringContaining("`auth.aclFile`"),
  );
});
