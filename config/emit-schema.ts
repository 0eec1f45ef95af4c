import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, SCHEMA_FILE } from "./json-schema";

// `npm run schema`: a test compares the file with what this would write.
writeFileSync(join(__dirname, "..", SCHEMA_FILE), jsonSchema());
