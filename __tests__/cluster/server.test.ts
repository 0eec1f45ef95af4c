import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Server } from "../../cluster/server";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "Server", () => {
  test("after a reply that did not come in time, the next question has a connection of its own", async () => {
    const real = await LoopbackCluster.start({ masters: 1 });
    const sockets: Socket[] = [];
    // The first connection is accepted, and nothing on it is answered.
    const proxy = createServer((socket) => {
      sockets.push(socket.on("error", () => undefined));
      if (sockets.length > 1) socket.pipe(connect(real.masters[0]!)).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const server = new Server({ host: "127.0.0.1", port: (proxy.address() as AddressInfo).port }, {}, 500);
    try {
      const [ping, time] = await Promise.all([server.ask(["PING"]), server.ask(["TIME"])]);
      expect([ping, time]).toMatchObject([{ cause: "timeout" }, { cause: "timeout" }]);
      expect(await server.ask(["PING"])).toMatchObject({ known: true, value: "PONG" });
      expect(sockets).toHaveLength(2);
    } finally {
      server.close();
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await real.close();
    }
  }, 30_000);
});
