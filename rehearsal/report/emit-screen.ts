import { readFileSync } from "node:fs";
import { screen } from "./screen";

/** Writes the standard input, which a terminal has shown, as an SVG picture. */
process.stdout.write(screen(readFileSync(0, "utf8")));
