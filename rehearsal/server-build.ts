import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, keyOf } from "./cache";
import { type Image } from "./image";
import { aptConfig } from "./mirror";
import { must } from "./run";

/** A server that faults are played on. */
export interface ServerKind {
  /** As the command line has it. */
  readonly name: string;
  /** As tables have it. */
  readonly title: string;
  /** Where the source is found; absent of what this release has as a package. */
  readonly source?: {
    /** Debian's suite. */
    readonly suite: string;
    readonly package: "redis" | "valkey";
    readonly version: string;
  };
}

/** The first is the default. */
export const serverKinds: readonly [ServerKind, ...ServerKind[]] = [
  { name: "redis-7.0", title: "Redis 7.0.15" },
  {
    name: "redis-8.0",
    title: "Redis 8.0.2",
    source: { suite: "trixie", package: "redis", version: "8.0.2" },
  },
  {
    name: "valkey-8.1",
    title: "Valkey 8.1.1",
    source: { suite: "trixie", package: "valkey", version: "8.1.1" },
  },
  {
    name: "valkey-9.1",
    title: "Valkey 9.1.2",
    source: { suite: "sid", package: "valkey", version: "9.1.2" },
  },
];

export function serverKind(name: string): ServerKind {
  const found = serverKinds.find((kind) => kind.name === name);
  if (found) return found;
  throw new Error(`server must be one of ${serverKinds.map((kind) => kind.name).join(", ")}, got: ${name}`);
}

/** A server and an image that has it. */
export interface ServerBuild {
  /** The server's path here, for masters. */
  readonly server: string;
  readonly image: Image;
}

/**
 * Upstream's release as Debian has it, built in the image, so that it runs on its machines; made at the first call
 * (outside an enclosure, since that needs the package registry). Absent of the default, which is a package.
 */
export async function serverBuild(kind: ServerKind, image: Image): Promise<ServerBuild | undefined> {
  const { source } = kind;
  if (!source) return undefined;
  const name = `server-${kind.name}-${keyOf(1, image.id, source)}`;
  const directory = await cached(name, (made) => build(made, image, source));
  return {
    server: join(directory, "root/usr/local/bin", `${source.package}-server`),
    image: { id: `ami-${keyOf(name)}0`, path: image.path, over: join(directory, "root") },
  };
}

async function build(
  directory: string,
  image: Image,
  source: NonNullable<ServerKind["source"]>,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "server-"));
  try {
    for (const part of ["upper/build", "work", "root"]) mkdirSync(join(work, part), { recursive: true });
    const archive = await download(work, image, source);
    await must(["tar", "-xf", archive, "-C", join(work, "upper/build"), "--strip-components=1"]);
    const programs = ["server", "cli"].map((each) => `${source.package}-${each}`);
    const make = ["make", "-C", "/build/src", "-j2", "USE_SYSTEMD=yes", "MALLOC=libc", "OPTIMIZATION=-O2"];
    const script = 'mount -t overlay -o "$1" build "$2" && shift && exec chroot "$@"';
    const layers = `lowerdir=${image.path},upperdir=${join(work, "upper")},workdir=${join(work, "work")}`;
    await must(
      [
        // Namespaces of its own: an interrupted build leaves neither a mount nor a process.
        ...["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"],
        ...["sh", "-c", script, "sh", layers, join(work, "root"), ...make, ...programs],
      ],
      { timeout: 900_000 },
    );
    const bin = join(directory, "root/usr/local/bin");
    mkdirSync(bin, { recursive: true });
    for (const program of programs) copyFileSync(join(work, "upper/build/src", program), join(bin, program));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The release's archive, without Debian's own changes; its path. */
async function download(
  work: string,
  image: Image,
  source: NonNullable<ServerKind["source"]>,
): Promise<string> {
  const env = await aptConfig(work, image, source.suite);
  await must(["apt-get", "update"], { env, timeout: 300_000 });
  // The rest is Debian's own, of a revision that a mirror may already have replaced.
  const argv = ["apt-get", "source", "--download-only", "--tar-only", source.package];
  await must(argv, { env, cwd: work, timeout: 300_000 });
  const archive = readdirSync(work).find((name) => /\.orig\.tar\.\w+$/.test(name)) ?? "";
  if (!new RegExp(`_${source.version.replaceAll(".", "\\.")}(\\+dfsg\\d*)?\\.orig`).test(archive)) {
    throw new Error(`${source.suite} must have ${source.package} ${source.version}, got: ${archive}`);
  }
  return join(work, archive);
}
