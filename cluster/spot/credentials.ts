import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What the Spot API needs of its user. */
export interface SpotCredentials {
  readonly token: string;
  /** The account ID (`act-…`). @default - the token's own account */
  readonly account?: string;
}

/**
 * The credentials, from where the Terraform provider reads them: the environment (`SPOTINST_TOKEN`, `SPOTINST_ACCOUNT`),
 * else the file `~/.spotinst/credentials` (`SPOTINST_CREDENTIALS_FILE`), as INI or JSON, and of it the profile `default`
 * (`SPOTINST_CREDENTIALS_PROFILE`). Undefined if there are none.
 *
 * @see https://registry.terraform.io/providers/spotinst/spotinst/latest/docs
 */
export function spotCredentials(environment: NodeJS.ProcessEnv = process.env): SpotCredentials | undefined {
  const { SPOTINST_TOKEN: token, SPOTINST_ACCOUNT: account } = environment;
  // As in the provider, the first place with any value counts, and places are not merged.
  if (token || account) return credentialsOf({ token, account });
  const file = environment["SPOTINST_CREDENTIALS_FILE"] || join(homedir(), ".spotinst", "credentials");
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const profile = environment["SPOTINST_CREDENTIALS_PROFILE"] || "default";
  return credentialsOf(text.trimStart().startsWith("{") ? fromJson(text, file) : fromIni(text, profile));
}

type Values = Readonly<Record<string, string | undefined>>;

function credentialsOf({ token, account }: Values): SpotCredentials | undefined {
  if (!token) return undefined;
  return account ? { token, account } : { token };
}

function fromJson(text: string, file: string): Values {
  try {
    return JSON.parse(text) as Values;
  } catch {
    // The message of the parser would have a part of the file.
    throw new Error(`${file} must be INI or JSON`);
  }
}

/** The values of a section. Lines before any section belong to `default`. */
function fromIni(text: string, profile: string): Values {
  const values: Record<string, string> = {};
  let section = "default";
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[\s*([^\]]*?)\s*\]\s*$/.exec(line)?.[1];
    if (title !== undefined) section = title;
    const [, key, value] = /^\s*([A-Za-z_]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === profile && key !== undefined) values[key] = (value ?? "").replace(/^(["'])(.*)\1$/, "$2");
  }
  return values;
}
