import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { BootScript } from "../../constructs";
import { agentArchive, inlineProgram } from "../../constructs/redis/agent-archive";
import { temporaryFolder } from "../support/folder";
import { describeWith } from "../support/needs";
import { oldestPython } from "../support/python";

const folder = temporaryFolder();
const masters = ["10.0.1.10"];
const archive = agentArchive();
const sha256 = createHash("sha256").update(archive).digest("hex");

interface Ended {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program without blocking this process, which may serve the file that the program downloads. */
function run(command: string, argv: string[], input = "", env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, argv, { env: { ...process.env, ...env } });
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (part: Buffer) => stdout.push(part));
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    child.on("close", (status) => resolve({ status, stdout: Buffer.concat(stdout), stderr }));
    child.stdin.on("error", () => undefined).end(input);
  });
}

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/agent.tar`;
}

describeWith(["python3 >= 3.9"], "the download of the agent", () => {
  /** The program with shorter timeouts: the original waits five minutes. */
  function download(
    url: string,
    { sum = sha256, wait = 0, env = {} }: { sum?: string; wait?: number; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Ended> {
    const program = inlineProgram("download")
      .replace("time.monotonic() + 300", `time.monotonic() + ${wait}`)
      .replace("time.sleep(5)", "time.sleep(0.1)")
      .replace("signal.alarm(60)", "signal.alarm(1)");
    return run(oldestPython(), ["-IS", "-c", program, url, sum], "", env);
  }

  test("has the same bytes as the archive", async () => {
    const url = await serve((_, response) => response.end(archive));
    const { status, stdout, stderr } = await download(url);
    expect({ status, stderr, same: stdout.equals(archive) }).toEqual({ status: 0, stderr: "", same: true });
  });

  test("is retried if it fails", async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count === 1) response.writeHead(503).end();
      else if (count === 2)
        response.writeHead(200, { "content-length": 9_999 }).end("cut", () => response.destroy());
      else response.end(archive);
    });
    expect(await download(url, { wait: 20 })).toMatchObject({ status: 0, stderr: "" });
    expect(count).toBe(3);
  });

  test("goes through the proxy of the environment", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url);
      response.end(archive);
    });
    const env = { http_proxy: proxy.replace("/agent.tar", ""), no_proxy: "" };
    expect(await download("http://agent.example/agent.tar", { env })).toMatchObject({ status: 0 });
    expect(asked).toEqual(["http://agent.example/agent.tar"]);
  });

  test.each<[string, RequestListener, string]>([
    ["is refused", (_, response) => response.writeHead(404).end(), "HTTP Error 404: Not Found"],
    ["never ends", (_, response) => response.write("a"), "no complete answer within 60 seconds"],
  ])("that %s ends with 10 and the reason", async (_, listener, reason) => {
    const url = await serve(listener);
    const { status, stdout, stderr } = await download(url);
    expect({ status, stderr, length: stdout.length }).toEqual({
      status: 10,
      stderr: `redis-replica: cannot download ${url}: ${reason}\n`,
      length: 0,
    });
  });

  test("that is another file ends with 20, and names both sums", async () => {
    const url = await serve((_, response) => response.end(archive));
    const wanted = "0".repeat(64);
    const { status, stdout, stderr } = await download(url, { sum: wanted });
    expect({ status, stderr, length: stdout.length }).toEqual({
      status: 20,
      stderr: `redis-replica: ${url} has the SHA-256 ${sha256}, but must have ${wanted}\n`,
      length: 0,
    });
  });
});

describeWith(["python3 >= 3.9"], "the unpacking of an archive", () => {
  test("changes no file before the new one is complete", () => {
    const root = join(folder, "interrupted");
    const path = join(root, "etc/redis-replica/redis.conf");
    mkdirSync(join(root, "etc/redis-replica"), { recursive: true });
    writeFileSync(path, "old\n");
    const program = inlineProgram("unpack").replace("    os.rename", "    sys.exit(3)\n    os.rename");
    const { status } = spawnSync(oldestPython(), ["-IS", "-c", program, root], { input: archive });
    expect([status, readFileSync(path, "utf8")]).toEqual([3, "old\n"]);
  });
});

describeWith(["bash", "python3 >= 3.9"], "the user data up to the installation", () => {
  /** Runs the script in a folder, except the part that would change the machine. */
  function boot(name: string, url: string): { root: string; ended: Promise<Ended> } {
    const root = join(folder, name);
    mkdirSync(join(root, "run"), { recursive: true });
    const { text } = new BootScript({ masters, agent: { url } });
    const inside = text
      .replace(/\nsysctl [^]*$/, "\n")
      .replace("' / <", `' ${root} <`)
      .replace("lib=/usr", `lib=${root}/usr`)
      .replaceAll(" /usr/local/bin/redis-replica", ` ${root}/usr/local/bin/redis-replica`)
      .replace("time.monotonic() + 300", "time.monotonic() + 0")
      .replace("sleep 60", "sleep 0.1")
      .replaceAll("/run/redis-replica.", `${root}/run/redis-replica.`)
      .replace("file /etc/redis-replica/settings", `file ${root}/etc/redis-replica/settings`);
    return { root, ended: run("bash", [], inside) };
  }

  const listed = (root: string): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
      .sort();

  test("writes every file, the settings, and the SHA-256 of the agent", async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      response.end(archive);
    });
    const { root, ended } = boot("downloaded", url);
    expect(await ended).toMatchObject({ status: 0, stderr: "" });
    const paths = BootScript.files().map(({ path }) => path);
    const own = ["/etc/redis-replica/settings", "/usr/local/lib/redis-replica/sha256"];
    expect(listed(root)).toEqual([...paths, ...own].sort());
    expect(statSync(join(root, "usr/local/bin/redis-replica")).mode & 0o777).toBe(0o755);
    expect(await boot("downloaded", url).ended).toMatchObject({ status: 0, stderr: "" });
    expect(count).toBe(1);
  });

  test("keeps retrying the download on a new instance", async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count < 4) response.writeHead(404).end();
      else response.end(archive);
    });
    const { root, ended } = boot("late", url);
    expect(await ended).toMatchObject({
      status: 0,
      stderr: `redis-replica: cannot download ${url}: HTTP Error 404: Not Found\n`.repeat(3),
    });
    expect(statSync(join(root, "usr/local/bin/redis-replica")).mode & 0o777).toBe(0o755);
  });

  test("ends with 10 if an instance with an agent cannot download another one", async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    const root = join(folder, "has-one");
    const agent = join(root, "usr/local/bin/redis-replica");
    mkdirSync(join(root, "usr/local/bin"), { recursive: true });
    writeFileSync(agent, "python\n");
    expect(await boot("has-one", url).ended).toMatchObject({ status: 10 });
    expect(readFileSync(agent, "utf8")).toBe("python\n");
  });

  test("does not change the agent if the download is another file", async () => {
    const url = await serve((_, response) => response.end("other"));
    const { root, ended } = boot("other", url);
    expect(await ended).toMatchObject({ status: 20 });
    expect(listed(root)).toEqual(["/etc/redis-replica/settings", "/run/redis-replica.tar"]);
  });
});
