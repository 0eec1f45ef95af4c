import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makePlans, recordedFile } from "./scenarios";

// `npm run record-plans`. A test compares its output with the current plans of the provider.
void makePlans().then((plans) => {
  for (const [name, plan] of Object.entries(plans)) {
    const file = recordedFile(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(plan, undefined, 1)}\n`);
  }
});
