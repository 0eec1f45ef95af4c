import { type RedisNode } from "../redis-node";

/** The key of the lock under which one instance at a time chooses its master. While it is held, the others wait. */
export const PLACEMENT_LOCK = "{redis-replica}:placement";
/** The time to live of an instance's lock, in ms. A key that expires later, or never, was not set by an instance. */
const TTL = "30000";
/** Milliseconds between two renewals. */
const RENEWAL = 5000;

/** Holds the lock, like another instance that takes long to choose. */
export class HeldLock {
  private readonly timer: NodeJS.Timeout;
  private renewed: Promise<unknown> = Promise.resolve();

  private constructor(private readonly node: RedisNode) {
    const renew = (): void => {
      this.renewed = set(node).catch(() => undefined);
    };
    this.timer = setInterval(renew, RENEWAL);
  }

  static async take(node: RedisNode): Promise<HeldLock> {
    await set(node);
    return new HeldLock(node);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.renewed;
    await this.node.cli("-c", "DEL", PLACEMENT_LOCK);
  }
}

function set(node: RedisNode): Promise<string> {
  return node.cli("-c", "SET", PLACEMENT_LOCK, "another instance", "PX", TTL);
}
