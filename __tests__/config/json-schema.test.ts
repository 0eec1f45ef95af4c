import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, SCHEMA_FILE } from "../../config/json-schema";
import { ROOT } from "../support/folder";

const checkedIn = JSON.parse(readFileSync(join(ROOT, SCHEMA_FILE), "utf8")) as {
  properties: Record<string, { description?: string }>;
};

test("the committed schema is the output of `npm run schema`", () => {
  expect(checkedIn).toEqual(JSON.parse(jsonSchema()));
});

test("every key has a description for editors", () => {
  const bare = Object.entries(checkedIn.properties).filter(([, { description }]) => !description);
  expect(bare).toEqual([]);
});
