import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { copyFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { type AptRequest, aptSources } from "./apt";
import { cached, keyOf } from "./cache";
import { type Image } from "./image";
import { hostAddress } from "./network";
import { must } from "./run";

/** The Redis source as repacked by Debian. Its checksum differs from that of the upstream archive. */
export const redisSource = {
  suite: "bookworm",
  file: "redis-7.0.15.tar.gz",
  sha256: "4b1dc4ee6d622a09fff9c6777191209750fb5e5a725ef78ea012d6eef4c22982",
} as const;

/** The packages that instances can install. */
const packages = ["redis-server", "redis-tools"];

/** The content of the web server, built once: `debian/` with packages and their index, and the Redis source. */
export async function prepareMirror(image: Image): Promise<string> {
  const { file, sha256 } = redisSource;
  return cached(`mirror-${keyOf(2, image.id, packages, { file, sha256 })}`, async (directory) => {
    await downloadPackages(join(directory, "debian"), image);
    await downloadSource(directory, image);
  });
}

/** Runs `use` with a separate apt state: the package lists of one suite, and the packages installed in an image. */
export async function withApt<T>(
  image: Image,
  request: AptRequest,
  use: (work: string, env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), "apt-"));
  try {
    const env = await aptConfig(work, image, request);
    await must(["apt-get", "update"], { env, timeout: 300_000 });
    return await use(work, env);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function aptConfig(work: string, image: Image, request: AptRequest): Promise<NodeJS.ProcessEnv> {
  const { files, settings } = await aptSources(request);
  for (const part of ["sources", "state/lists/partial", "cache/archives/partial", "none"]) {
    mkdirSync(join(work, part), { recursive: true });
  }
  for (const [index, file] of files.entries()) {
    const extension = file.name.slice(file.name.lastIndexOf("."));
    writeFileSync(join(work, "sources", `${index}${extension}`), `${file.text}\n`);
  }
  const lines = [
    `Dir::State "${work}/state";`,
    `Dir::State::status "${image.path}/var/lib/dpkg/status";`,
    `Dir::Cache "${work}/cache";`,
    `Dir::Etc::sourcelist "/dev/null";`,
    `Dir::Etc::sourceparts "${work}/sources";`,
    `Dir::Etc::preferencesparts "${work}/none";`,
    `Dir::Etc::parts "${work}/none";`,
    `Debug::NoLocking "true";`,
    `APT::Sandbox::User "root";`,
    `Acquire::Languages "none";`,
    ...settings,
  ];
  const config = join(work, "apt.conf");
  writeFileSync(config, `${lines.join("\n")}\n`);
  return { ...process.env, APT_CONFIG: config, DEBIAN_FRONTEND: "noninteractive" };
}

/** A flat repository of the packages and of those dependencies that the image lacks. */
async function downloadPackages(to: string, image: Image): Promise<void> {
  await withApt(image, { suite: image.suite, types: "deb" }, async (work, env) => {
    const argv = ["apt-get", "--yes", "--download-only", "install", ...packages];
    await must(argv, { env, timeout: 300_000 });
    mkdirSync(to);
    const archives = join(work, "cache/archives");
    const entries: string[] = [];
    for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
      const file = name.replaceAll("%3a", "_");
      copyFileSync(join(archives, name), join(to, file));
      const control = (await must(["dpkg-deb", "--field", join(to, file)])).trimEnd();
      const size = statSync(join(to, file)).size;
      entries.push(`${control}\nFilename: ./${file}\nSize: ${size}\nSHA256: ${sha256(join(to, file))}\n`);
    }
    writeFileSync(join(to, "Packages"), entries.join("\n"));
    writeFileSync(join(to, "Packages.gz"), gzipSync(entries.join("\n")));
  });
}

async function downloadSource(to: string, image: Image): Promise<void> {
  await withApt(image, { suite: redisSource.suite, types: "deb-src" }, async (work, env) => {
    const argv = ["apt-get", "source", "--download-only", "--tar-only", "redis"];
    await must(argv, { env, cwd: work, timeout: 300_000 });
    const archive = readdirSync(work).find((name) => /^redis_.*\.orig\.tar\.gz$/.test(name)) ?? "";
    copyFileSync(join(work, archive), join(to, redisSource.file));
    const found = sha256(join(to, redisSource.file));
    if (found !== redisSource.sha256)
      throw new Error(`${archive} must have the sha256 pinned, got: ${found}`);
  });
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

export interface MirrorOptions {
  /** @default 10.0.0.1 */
  readonly address?: string;
  /** @default 80 */
  readonly port?: number;
}

/** The web server that instances download from. */
export class Mirror {
  /** The requested paths, with the status of the response. */
  readonly requests: { readonly path: string; readonly status: number }[] = [];
  private readonly published = new Map<string, Uint8Array>();

  private constructor(
    private readonly directory: string,
    private readonly server: Server,
    private readonly address: string,
  ) {
    server.on("request", (request, response) => {
      const path = decodeURIComponent((request.url ?? "/").replace(/\?.*$/, ""));
      this.requests.push({ path, status: this.answer(path, request.method === "HEAD", response) });
    });
  }

  /** Serves a directory made by `prepareMirror`. */
  static async start(directory: string, options: MirrorOptions = {}): Promise<Mirror> {
    const server = createServer();
    const address = options.address ?? hostAddress;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port ?? 80, address, resolve);
    });
    return new Mirror(directory, server, address);
  }

  /** The URL of a file. */
  url(path: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.address}${port === 80 ? "" : `:${port}`}/${path}`;
  }

  /** Adds or replaces a file. */
  publish(path: string, content: Uint8Array): string {
    this.published.set(`/${path}`, content);
    return this.url(path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, head: boolean, response: ServerResponse): number {
    const content = this.published.get(path);
    const file = join(this.directory, normalize(join("/", path)));
    const size = content?.length ?? (existsSync(file) && statSync(file).isFile() ? statSync(file).size : -1);
    if (size < 0) {
      response.writeHead(404).end();
      return 404;
    }
    response.writeHead(200, { "content-length": size, "content-type": "application/octet-stream" });
    if (head) response.end();
    else if (content) response.end(content);
    else createReadStream(file).pipe(response);
    return 200;
  }
}
