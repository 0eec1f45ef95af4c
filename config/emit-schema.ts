import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, SCHEMA_FILE } from "./json-schema";

// `npm run schema`. A test compares the file with the output of this program.
writeFileSync(join(__dirname, "..", SCHEMA_FILE), jsonSchema());
