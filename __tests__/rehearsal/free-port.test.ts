import { createServer } from "node:net";
import { BUS_OFFSET, freeClusterPort } from "../../rehearsal/free-port";

test("a port of a cluster is free at every address, and so is that of its bus", async () => {
  const port = await freeClusterPort();
  for (const each of [port, port + BUS_OFFSET]) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(each, "0.0.0.0", resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
});
