import * as z from "zod";
import { clusterConfig } from "./schema";

/** Where the schema is checked in and published. */
export const SCHEMA_FILE = "config/redis-replicas.schema.json";

/** The config file's JSON Schema, as editors take it. */
export function jsonSchema(): string {
  // Draft 7 is what YAML's language server knows best; input, for a file may write `hz: 50`.
  const schema = z.toJSONSchema(clusterConfig, { target: "draft-7", io: "input" });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
