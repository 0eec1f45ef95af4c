import { agentArchive } from "../../constructs/redis/agent-archive";
import { hostAgent } from "../../rehearsal/agent";

test("instances download the archive that the command line writes", async () => {
  const published = new Map<string, Uint8Array>();
  const publish = (path: string, content: Uint8Array): string => {
    published.set(path, content);
    return `http://mirror/${path}`;
  };
  await expect(hostAgent({ publish })).resolves.toEqual({ url: "http://mirror/agent.tar" });
  expect(Buffer.compare(published.get("agent.tar")!, agentArchive())).toBe(0);
}, 60_000);
