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

test.each([
  [
    "a list",
    "*1\r\n$1\r\na\r\n",
    /^127\.0\.0\.1:\d+: the reply to CLUSTER NODES is not a text; it may not be Redis$/,
  ],
  [
    "a text without nodes",
    "+OK\r\n",
    /^127\.0\.0\.1:\d+: CLUSTER NODES does not list the server itself; it may not be/,
  ],
  ["an error of a megabyte", `-ERR ${"x".repeat(2 ** 20)}\r\n`, /^127\.0\.0\.1:\d+: ERR x{295}…$/],
])(
  "%s is not taken for the nodes of a cluster, and the reason is one short line",
  async (_, reply, reason) => {
    const stranger = createServer((socket) =>
      socket.on("error", () => undefined).on("data", () => socket.write(reply)),
    ).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const server = new Server({ host: "127.0.0.1", port: (stranger.address() as AddressInfo).port }, {});
    const answer = await server.nodes();
    server.close();
    stranger.close();
    expect(answer).toEqual({ known: false, cause: "error", reason: expect.stringMatching(reason) });
  },
);
