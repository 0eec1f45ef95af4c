import { Lazy } from "cdktf";

/**
 * An attribute of a resource that is read at synthesis. cdktf fixes the logical ID of a resource at the first read, and a
 * later `overrideLogicalId` has no effect. It is read once, since cdktf marks what it reads where another stack refers to it.
 */
export function late(read: () => string): string {
  let value: string | undefined;
  return Lazy.stringValue({ produce: () => (value ??= read()) });
}
