import { writeFileSync } from "node:fs";
import { nameProgress, progress } from "../progress";
import { Scene } from "../scene";
import { type Ending, type Fault } from "./fault";
import { faults } from "./index";

/** Opens the fault's scene on a server and runs it once; throws if it fails. */
export async function play({ title, run, scene: props }: Fault, server?: string): Promise<Ending> {
  const scene = await Scene.open({ server, ...props });
  try {
    progress(`playing: ${title}`);
    return await run(scene);
  } finally {
    await scene.close();
  }
}

/** `tsx play.ts ID SERVER FILE`, in an enclosure: writes the result, or the error, to the file. */
async function main(id: string, server: string, file: string): Promise<void> {
  const fault = faults.find((each) => each.id === id);
  if (!fault) throw new Error(`there is no fault ${id}`);
  nameProgress(id);
  const result = await play(fault, server).then(
    (ending) => ({ ending }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  writeFileSync(file, JSON.stringify(result));
}

if (require.main === module) {
  const [id = "", server = "", file = ""] = process.argv.slice(2);
  // Do not wait for a server that a failed run has left: the enclosure stops it.
  void main(id, server, file).finally(() => process.exit());
}
