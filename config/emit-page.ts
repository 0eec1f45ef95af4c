import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_PAGE, configPage } from "./config-page";

// `npm run config-page`: a test compares the page with what this would write.
const path = join(__dirname, "..", CONFIG_PAGE);
writeFileSync(path, configPage(readFileSync(path, "utf8")));
