import { rmSync } from "node:fs";

/** Removes what global-setup.ts has written. */
export default function teardown(): void {
  rmSync(process.env["BUNDLES"]!, { recursive: true });
}
