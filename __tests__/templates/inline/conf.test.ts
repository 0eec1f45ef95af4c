import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const settings = { MAXMEMORY: "0", BACKLOG: "128mb", DIRECTIVES: "", PORT: "6379", BUS_PORT: "" };

describeWith(["bash"], "redis.conf", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "conf-"));
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin/redis-server"), "\x7fELF\0save\0appendonly\0cluster-port\0\x01");
    chmodSync(join(root, "bin/redis-server"), 0o755);
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function render(common: string, extra: Partial<typeof settings> = {}): string[] {
    writeFileSync(join(root, "redis.conf"), common);
    const env = { ETC: root, OPT: root, DATA: root, ...settings, ...extra };
    return agent(["conf", "data", "prepare"], "render_conf 10.0.0.4 5000", { env }).stdout.split("\n");
  }

  test("holds the common lines whose directive the installed server knows, and no comment", () => {
    const lines = render("# why\nappendonly no\nsave 60 1\nshutdown-on-sigterm save\n");
    expect(lines.slice(0, 2)).toEqual(["appendonly no", "save 60 1"]);
    expect(lines.join("\n")).not.toContain("shutdown-on-sigterm");
  });

  test("binds and announces the machine's address, with the masters' node timeout", () => {
    const lines = render("");
    expect(lines).toEqual(
      expect.arrayContaining([
        "bind 10.0.0.4 127.0.0.1",
        "cluster-announce-ip 10.0.0.4",
        "cluster-node-timeout 5000",
        "port 6379",
        "maxmemory 0",
      ]),
    );
  });

  test("switches an append-only file on that is whole; a folder without its manifest would be an empty data set", () => {
    expect(render("")).toContain("appendonly no");
    mkdirSync(join(root, "appendonlydir"));
    writeFileSync(join(root, "appendonlydir/temp-appendonly.aof.incr"), "");
    expect(render("")).toContain("appendonly no");
    writeFileSync(join(root, "appendonlydir/appendonly.aof.manifest"), "");
    expect(render("")).toContain("appendonly yes");
  });

  test("has a bus port only where one is set, and the user's directives as they are", () => {
    expect(render("").join("\n")).not.toContain("cluster-port");
    const lines = render("", { BUS_PORT: "17000", DIRECTIVES: "hz 20\ntimeout 0" });
    expect(lines).toEqual(expect.arrayContaining(["cluster-port 17000", "hz 20", "timeout 0"]));
  });
});
