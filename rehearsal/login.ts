import { type Login } from "../cluster/login";

/** The options and the environment with which redis-cli logs in. The password is not in the command line. */
export function cliLogin({ user, password, tls }: Login): {
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
} {
  const named = [
    ["--cacert", tls?.ca],
    ["--cert", tls?.certificate],
    ["--key", tls?.key],
  ].flatMap(([option = "", file]) => (file === undefined ? [] : [option, file]));
  const files = tls ? ["--tls", ...named] : [];
  const options = [...(user === undefined ? [] : ["--user", user]), ...files];
  return { options, env: password === undefined ? process.env : { ...process.env, REDISCLI_AUTH: password } };
}
