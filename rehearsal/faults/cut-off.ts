import { type Block } from "../network";
import { type Scene } from "../scene";

/**
 * Drops all traffic between a replica and the masters. The masters still reach each other, so none of them is flagged
 * as failed. Returns a function that restores the traffic.
 */
export async function cutOff(scene: Scene, place = 0): Promise<() => Promise<void>> {
  const replica = scene.address(place);
  const blocks: Block[] = [6379, 16379].flatMap((port) => [
    ...scene.masters.addresses.map((to) => ({ to, port, from: replica })),
    ...scene.masters.addresses.map((from) => ({ to: replica, port, from })),
  ]);
  for (const block of blocks) await scene.network.block(block);
  return async () => {
    for (const block of blocks) await scene.network.unblock(block);
  };
}
