import * as z from "zod";
import { clusterConfig } from "./schema";

/** The path of the committed and published schema. */
export const SCHEMA_FILE = "config/redis-replicas.schema.json";

/** The JSON Schema of the config file, for editors. */
export function jsonSchema(): string {
  // Draft 7 has the best support in yaml-language-server. The input type, since a file may have `hz: 50`.
  const schema = z.toJSONSchema(clusterConfig, { target: "draft-7", io: "input" });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
