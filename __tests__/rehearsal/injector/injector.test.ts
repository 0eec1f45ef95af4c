import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../rehearsal/free-port";
import { InjectionPlan, type InjectionPlanData } from "../../../rehearsal/injector/injection-plan";
import { type Asked, Injector } from "../../../rehearsal/injector/injector";
import { until } from "../../../rehearsal/wait";
import { describeWith } from "../../support/needs";
import { command, type LocalRedis, startRedis, Wire } from "./redis";

/** Longer than a reply on loopback takes. */
const QUIET = 150;

jest.setTimeout(30_000);

describeWith(["redis-server"], "an injector", () => {
  let redis: LocalRedis;
  let injector: Injector;
  let plan: InjectionPlan;
  let asked: Asked[];
  let problems: string[];
  const wires: Wire[] = [];

  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.close());

  beforeEach(async () => {
    [plan, asked, problems] = [InjectionPlan.none, [], []];
    injector = await Injector.start({
      plan: () => plan,
      onQuestion: (each) => asked.push(each),
      onProblem: (text) => problems.push(text),
    });
    const direct = await Wire.open(Number(redis.address.split(":")[1]));
    direct.send(command("FLUSHALL"));
    await direct.until(/OK/);
    direct.close();
  });
  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.close();
    await injector.close();
  });

  async function client(address = redis.address): Promise<Wire> {
    const wire = await Wire.through(injector.port, address);
    wires.push(wire);
    return wire;
  }

  function inject(...injections: NonNullable<InjectionPlanData["injections"]>): void {
    plan = InjectionPlan.of({ injections });
  }

  /** The value of a key on the server, read without the proxy. */
  async function stored(key: string): Promise<string> {
    const wire = await Wire.open(Number(redis.address.split(":")[1]));
    wires.push(wire);
    wire.send(command("GET", key));
    return (await wire.until(/\r\n$/)).trimEnd();
  }

  test("forwards pipelined commands and returns the server's exact bytes in order", async () => {
    const value = randomBytes(300_000);
    const commands = [
      command("SET", "k", value),
      command("GET", "k"),
      command("NO-SUCH-COMMAND"),
      command("EVAL", "return {1, {'a', {}}, false}", "0"),
      command("GET", "missing"),
      command("INCR", "n"),
    ];
    const direct = await Wire.open(Number(redis.address.split(":")[1]));
    wires.push(direct);
    direct.send(...commands.slice(0, 5), command("PING"));
    await direct.until(/PONG\r\n$/);
    const wire = await client();
    wire.send(...commands.slice(0, 5), command("PING"));
    await wire.until(/PONG\r\n$/);
    expect(wire.received.equals(direct.received)).toBe(true);
    expect(problems).toEqual([]);
  });

  test("forwards a command that arrives byte by byte, even together with the first line", async () => {
    const wire = await Wire.open(injector.port);
    wires.push(wire);
    for (const byte of Buffer.concat([Buffer.from(`TO ${redis.address}\r\n`), command("PING")])) {
      wire.send(Buffer.from([byte]));
      await sleep(1);
    }
    expect(await wire.until(/\n/)).toBe("+PONG\r\n");
  });

  test("records all questions in order, with their occurrence at an address", async () => {
    const [one, other] = [await client(), await client()];
    one.send(command("PING"), command("GET", "k"));
    await one.until(/\$-1/);
    other.send(command("PING"));
    await other.until(/PONG/);
    const { address } = redis;
    expect(injector.questions).toEqual([
      { number: 1, connection: 1, address, command: ["PING"], occurrence: 1 },
      { number: 2, connection: 1, address, command: ["GET", "k"], occurrence: 1 },
      { number: 3, connection: 2, address, command: ["PING"], occurrence: 2 },
    ]);
    expect(asked).toEqual(injector.questions);
  });

  test("delays one reply, and the later ones on the same connection", async () => {
    inject({ command: ["GET", "a"], kind: "delay", ms: 1500 });
    const wire = await client();
    const start = Date.now();
    wire.send(command("PING"), command("GET", "a"), command("ECHO", "behind"));
    expect(await wire.until(/PONG/)).toBe("+PONG\r\n");
    expect(await wire.until(/behind/)).toBe("+PONG\r\n$-1\r\n$6\r\nbehind\r\n");
    expect(Date.now() - start).toBeGreaterThanOrEqual(1499);
    expect(asked[1]?.injection).toEqual({ kind: "delay", ms: 1500 });
  });

  test("drops one question: it is not forwarded, no further reply comes, the connection stays open", async () => {
    inject({ command: ["SET", "a", "1"], occurrence: 2, kind: "drop" });
    const wire = await client();
    wire.send(
      command("SET", "a", "1"),
      command("SET", "a", "2"),
      command("SET", "a", "1"),
      command("SET", "b", "1"),
    );
    await wire.until(/OK[^]*OK/);
    await sleep(QUIET);
    expect(wire.received.toString()).toBe("+OK\r\n+OK\r\n");
    expect(wire.ended).toBeUndefined();
    expect([await stored("a"), await stored("b")]).toEqual(["$1\r\n2", "$-1"]);
    expect(asked.map(({ injection }) => injection?.kind)).toEqual([undefined, undefined, "drop", undefined]);
  });

  test("loses one reply: the command is forwarded, no further reply comes, the connection stays open", async () => {
    inject({ command: ["SET", "a", "1"], kind: "lost" });
    const wire = await client();
    wire.send(command("PING"), command("SET", "a", "1"), command("SET", "b", "1"));
    await until("the last command has arrived", { timeout: 5000 }, async () => (await stored("b")) !== "$-1");
    await sleep(QUIET);
    expect(wire.received.toString()).toBe("+PONG\r\n");
    expect(wire.ended).toBeUndefined();
    expect([await stored("a"), await stored("b")]).toEqual(["$1\r\n1", "$1\r\n1"]);
  });

  test("truncates one reply to half of its bytes and closes the connection", async () => {
    inject({ command: ["ECHO", "0123456789"], kind: "truncate" });
    const wire = await client();
    wire.send(command("PING"), command("ECHO", "0123456789"), command("PING"));
    expect(await wire.untilEnded()).toBe("+PONG\r\n$10\r\n012");
    expect(wire.ended).toBe("closed");
  });

  test("answers one question with an error in its turn, without forwarding it", async () => {
    inject({ command: ["SET", "a", "1"], kind: "error" });
    const wire = await client();
    wire.send(command("PING"), command("SET", "a", "1"), command("PING"));
    expect(await wire.until(/PONG[^]*PONG/)).toBe("+PONG\r\n-ERR injected\r\n+PONG\r\n");
    expect(await stored("a")).toBe("$-1");
  });

  test("closes the connection before one command is forwarded, after the replies before it", async () => {
    inject({ command: ["SET", "a", "1"], kind: "close" });
    const wire = await client();
    wire.send(command("PING"), command("SET", "a", "1"), command("SET", "b", "1"));
    expect(await wire.untilEnded()).toBe("+PONG\r\n");
    expect([await stored("a"), await stored("b")]).toEqual(["$-1", "$-1"]);
    expect(asked).toHaveLength(2);
  });

  test("keeps a silenced connection open when the server ends", async () => {
    const other = await startRedis();
    inject({ command: ["PING"], kind: "drop" });
    const wire = await client(other.address);
    wire.send(command("PING"));
    await until("the question was asked", { timeout: 5000 }, () => asked.length === 1);
    await other.close();
    await sleep(QUIET);
    expect(wire.ended).toBeUndefined();
  });

  test("closes the connection when the server does", async () => {
    const wire = await client();
    wire.send(command("PING"), command("QUIT"));
    expect(await wire.untilEnded()).toBe("+PONG\r\n+OK\r\n");
  });

  test("delivers replies to a half-closed client", async () => {
    inject({ command: ["PING"], kind: "delay", ms: 100 });
    const wire = await client();
    wire.send(command("PING"));
    wire.endSending();
    expect(await wire.untilEnded()).toBe("+PONG\r\n");
  });

  test("resets the connection if the server cannot be reached, and records no question", async () => {
    const wire = await client(`127.0.0.1:${await freePort()}`);
    wire.send(command("PING"));
    await wire.untilEnded();
    expect(wire.ended).toBe("reset");
    expect(asked).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("ECONNREFUSED")]);
  });

  test.each(["HELLO\n", "TO nowhere\n", "TO a:99999\n", "TO a b:1\n", "x".repeat(400)])(
    "closes a connection that starts with %j",
    async (line) => {
      const wire = await Wire.open(injector.port);
      wire.send(Buffer.from(line));
      await wire.untilEnded();
      expect(problems).toHaveLength(1);
    },
  );

  test("closes a connection whose client does not use RESP2", async () => {
    const wire = await client();
    wire.send(Buffer.from("PING\r\n"));
    await wire.untilEnded();
    expect(problems).toEqual([expect.stringContaining("the client does not use RESP2")]);
  });

  test("serves many pipelined commands with random injections that repeat for the same seed", async () => {
    plan = InjectionPlan.of({ random: { share: 0.02, seed: 5, kinds: ["error", "delay"], ms: 3 } });
    const all = /^(?:\$\d\r\n\d+\r\n|-ERR injected\r\n){20000}$/;
    const play = async (): Promise<string> => {
      const wire = await client();
      wire.send(...Array.from({ length: 20_000 }, (_, index) => command("ECHO", String(index))));
      return wire.until(all, 20_000);
    };
    const first = await play();
    injector.reset();
    expect(await play()).toBe(first);
    expect(first.match(/injected/g)?.length).toBeGreaterThan(50);
    expect(injector.questions).toHaveLength(10_000);
  });

  test("stops reading from a server while the client does not read", async () => {
    const wire = await client();
    wire.send(command("SET", "big", Buffer.alloc(4 << 20)));
    await wire.until(/OK/);
    wire.pause();
    const before = process.memoryUsage().arrayBuffers;
    wire.send(...Array.from({ length: 100 }, () => command("GET", "big")));
    await sleep(700);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 << 20);
  });

  test("closes every connection when it is closed", async () => {
    inject({ command: ["PING"], kind: "drop" });
    const [silent, idle, unnamed] = [await client(), await client(), await Wire.open(injector.port)];
    silent.send(command("PING"));
    await until("the question was asked", { timeout: 5000 }, () => asked.length === 1);
    await injector.close();
    await Promise.all([silent, idle, unnamed].map((wire) => wire.untilEnded()));
    injector = await Injector.start();
  });
});
