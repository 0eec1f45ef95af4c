import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RULES_PAGE, rulesPage } from "./rules-page";

// `npm run rules-page`: a test compares the page with what this would write.
writeFileSync(join(__dirname, "../..", RULES_PAGE), rulesPage());
