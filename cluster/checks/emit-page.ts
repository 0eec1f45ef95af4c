import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS_PAGE, checksPage } from "./page";

// `npm run checks-page`: a test compares the page with what this would write.
writeFileSync(join(__dirname, "../..", CHECKS_PAGE), checksPage());
