import { image } from "./image";
import { prepareMirror } from "./mirror";
import { defaultServer, serverBuild } from "./server-build";

/** Builds everything that needs the package registry, which cannot be reached from inside an enclosure. */
export async function prepare(): Promise<void> {
  const made = await image();
  await prepareMirror(made);
  await serverBuild(defaultServer, made);
}

if (require.main === module) {
  prepare().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
