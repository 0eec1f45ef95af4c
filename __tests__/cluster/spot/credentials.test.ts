import { join } from "node:path";
import { spotCredentials } from "../../../cluster/spot/credentials";
import { file, temporaryFolder } from "../../support/folder";

const folder = temporaryFolder();
const from = (name: string, text: string, profile?: string) =>
  spotCredentials({
    SPOTINST_CREDENTIALS_FILE: file(folder, name, text),
    ...(profile === undefined ? {} : { SPOTINST_CREDENTIALS_PROFILE: profile }),
  });
const INI = '[default]\ntoken = one\naccount = act-1\n\n[other]\ntoken: "two"\n';

test("the environment is read first, and nothing else is merged into it", () => {
  const path = file(folder, "ini", INI);
  expect(spotCredentials({ SPOTINST_TOKEN: "mine", SPOTINST_CREDENTIALS_FILE: path })).toEqual({
    token: "mine",
  });
  expect(spotCredentials({ SPOTINST_ACCOUNT: "act-9", SPOTINST_CREDENTIALS_FILE: path })).toBeUndefined();
});

test.each([
  ["an INI file", INI, undefined, { token: "one", account: "act-1" }],
  ["another profile", INI, "other", { token: "two" }],
  ["a profile that does not exist", INI, "none", undefined],
  ["a JSON file", '{"token": "three", "account": "act-3"}', undefined, { token: "three", account: "act-3" }],
  ["a JSON file without a token", "{}", undefined, undefined],
])("%s", (_, text, profile, expected) => {
  expect(from("credentials", text, profile)).toEqual(expected);
});

test("a file that is neither is refused without its text", () => {
  expect(() => from("broken", '{"token": "needle"')).toThrow(/^(?!.*needle).*broken must be INI or JSON$/);
});

test("without a file there are none", () => {
  expect(spotCredentials({ SPOTINST_CREDENTIALS_FILE: join(folder, "missing") })).toBeUndefined();
});
