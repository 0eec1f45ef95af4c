import { ConfigError } from "../config/problem";

/** The error of a command line, or of anything else that is not in a config file. */
export function misuse(message: string): ConfigError {
  return new ConfigError([{ file: "redis-elastigroup", message }]);
}
