import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Server } from "../../cluster/server";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "Server", () => {
  let real: LoopbackCluster;
  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 1 });
  }, 30_000);
  afterAll(() => real?.close());

  test("an answer that has arrived while this process was busy is in time", async () => {
    const server = new Server(real.masters[0]!, {}, 300);
    await server.ask(["PING"]);
    // The answer comes after 100 ms. From before it on, nothing is read for longer than the limit.
    const answer = server.ask(["WAIT", "1", "100"]);
    // Timers are next after an immediate.
    const busy = () => {
      for (const end = performance.now() + 500; performance.now() < end;);
    };
    setTimeout(() => setImmediate(busy), 20);
    expect(await answer).toMatchObject({ known: true });
    server.close();
  });

  test("after a reply that did not come in time, the next question has a connection of its own", async () => {
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
    }
  });
});

test("the time in which a connection opens is part of the limit of a question", async () => {
  // The login is answered late, and the question never.
  const slow = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => setTimeout(() => socket.write("+OK\r\n"), 400));
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const endpoint = { host: "127.0.0.1", port: (slow.address() as AddressInfo).port };
  const server = new Server(endpoint, { password: "word" }, 600);
  const begin = performance.now();
  const answer = await server.ask(["PING"]);
  const took = performance.now() - begin;
  server.close();
  slow.close();
  expect(answer).toMatchObject({ cause: "timeout", reason: `${server.name}: PING: no answer within 600 ms` });
  expect(took).toBeLessThan(900);
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
  [
    // Valkey 8.1.1 sends such lines of its memory after it has met Redis 8.
    "a node, and an invalid line",
    bulk(`${"a".repeat(40)} :0@0 myself,master - 0 0 1 connected\nused_cpu_user:0.03\n`),
    /^127\.0\.0\.1:\d+: CLUSTER NODES has lines that are no nodes$/,
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

test.each([
  ["an integer", ":1\r\n"],
  ["nothing", "*-1\r\n"],
  ["a map", "%1\r\n+save\r\n+60\r\n"],
  ["a list of other things", "*2\r\n+save\r\n:60\r\n"],
])("%s is not taken for a list, and the reason names the server and the command", async (_, reply) => {
  const stranger = createServer((socket) =>
    socket.on("error", () => undefined).on("data", () => socket.write(reply)),
  ).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const server = new Server({ host: "127.0.0.1", port: (stranger.address() as AddressInfo).port }, {});
  const reasons = [
    await server.askTexts(["CONFIG", "GET", "save"]),
    await server.askLists(["MODULE", "LIST"]),
  ].map((answer) => !answer.known && answer.reason);
  server.close();
  stranger.close();
  expect(reasons).toEqual([
    `${server.name}: the reply to CONFIG GET is not a list of texts; it may not be Redis`,
    `${server.name}: the reply to MODULE LIST is not a list of lists; it may not be Redis`,
  ]);
});

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}
