import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../support/needs";
import { agent } from "../support/shell";

const [ME, A, B] = ["d", "a", "b"].map((letter) => letter.repeat(40));

describeWith(["bash"], "healthy", () => {
  let root: string;
  let server: Server;
  let open: number;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "join-"));
    for (const folder of ["run", "state", "data"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "data/nodes.conf"), "");
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open = (server.address() as AddressInfo).port;
  });

  afterEach(() => {
    server.close();
    rmSync(root, { recursive: true });
  });

  /** Of two masters, A's bus is open and B's is not. */
  function look(answered: readonly string[]): { readonly code: number | null; readonly state: string } {
    const pongs = answered.map((id) => `pong ${id} 1700000000000`);
    const masters = [`master ${A} 127.0.0.1:6379 ${open} 1`, `master ${B} 127.0.0.1:6380 1 0`];
    const facts = [`seen replica ${A}`, ...pongs, ...masters].join("\n");
    const script = `ask() { true; }\nhealthy here ${ME} "$(cat)"`;
    const folders = { RUN: `${root}/run`, STATE: `${root}/state`, DATA: `${root}/data`, ETC: root };
    const env = { ...folders, FAILOVER: "never" };
    const { code } = agent(["report", "view", "join"], script, { stdin: facts, env });
    return { code, state: readFileSync(join(root, "run/state"), "utf8").trim() };
  }

  test("is in sync where the bus of every master that answers is reached", () => {
    expect(look([A ?? ""])).toEqual({
      code: 0,
      state: `in sync: ${ME} is a replica ${A}, listed by every master`,
    });
  });

  test("waits where one is not: votes could not be asked for", () => {
    expect(look([A ?? "", B ?? ""])).toEqual({ code: 10, state: "waiting: no way to a bus port" });
  });
});
