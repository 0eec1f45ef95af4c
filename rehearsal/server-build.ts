import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostRelease } from "./apt";
import { cached, keyOf } from "./cache";
import { type Image } from "./image";
import { prepareMirror, withApt } from "./mirror";
import { must } from "./run";

/** A server that faults are run with. */
export interface ServerKind {
  /** Its name on the command line. */
  readonly name: string;
  /** Its name in tables. For a package, that on the default image. */
  readonly title: string;
  /** The source package; undefined if the server is a package of the image's release. */
  readonly source?: {
    /** Debian's suite. */
    readonly suite: string;
    readonly package: "redis" | "valkey";
    readonly version: string;
  };
}

/** All servers. The first one is the default. */
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

/** The server that is a package of the image's release. */
export const [defaultServer] = serverKinds;

export function serverKind(name: string): ServerKind {
  const found = serverKinds.find((kind) => kind.name === name);
  if (found) return found;
  throw new Error(`server must be one of ${serverKinds.map((kind) => kind.name).join(", ")}, got: ${name}`);
}

/** A server, and an image that contains it. */
export interface ServerBuild {
  /** The server's path here, for masters. */
  readonly server: string;
  readonly image: Image;
}

/**
 * The upstream release from Debian's source package, built in the image, so that it runs on its machines. It is built at
 * the first call, outside an enclosure, since the build needs the package registry. For a package it is undefined if this
 * machine has the same one.
 */
export async function serverBuild(kind: ServerKind, image: Image): Promise<ServerBuild | undefined> {
  const foreign = image.suite !== hostRelease();
  const { source } = kind;
  if (!source) return foreign ? packaged(image) : undefined;
  const name = `server-${kind.name}-${keyOf(2, image.id, source)}`;
  const directory = await cached(name, (made) => build(made, image, source));
  const over = join(directory, "root");
  const server = join(over, "usr/local/bin", `${source.package}-server`);
  return {
    server: foreign ? await launcher(image, server) : server,
    image: { id: `ami-${keyOf(name)}0`, suite: image.suite, path: image.path, over },
  };
}

/** The server of the image's release, extracted from its packages. */
async function packaged(image: Image): Promise<ServerBuild> {
  const directory = await cached(`server-package-${keyOf(1, image.id)}`, async (made) => {
    const debian = join(await prepareMirror(image), "debian");
    for (const file of readdirSync(debian).filter((name) => name.endsWith(".deb"))) {
      await must(["dpkg-deb", "--extract", join(debian, file), made]);
    }
  });
  return { server: await launcher(image, join(directory, "usr/bin/redis-server"), directory), image };
}

/** A command that runs a server of another Debian release on this machine, with the libraries of that release. */
async function launcher(image: Image, server: string, extracted = image.path): Promise<string> {
  const directory = await cached(`launcher-${keyOf(1, image.path, server, extracted)}`, (made) => {
    const libraries = [extracted, image.path].map((root) => `"${root}"/usr/lib/*-linux-gnu`);
    const script = `#!/bin/sh
path=
for each in ${libraries.join(" ")}; do path=$path:$each; done
for loader in "${image.path}"/usr/lib64/ld-linux-*.so.* "${image.path}"/usr/lib/ld-linux-*.so.*; do
  if [ -e "$loader" ]; then exec "$loader" --library-path "\${path#:}" "${server}" "$@"; fi
done
exit 127
`;
    writeFileSync(join(made, "server"), script, { mode: 0o755 });
    return Promise.resolve();
  });
  return join(directory, "server");
}

async function build(
  directory: string,
  image: Image,
  source: NonNullable<ServerKind["source"]>,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "server-"));
  try {
    for (const part of ["upper/build", "work", "root"]) mkdirSync(join(work, part), { recursive: true });
    await unpack(join(work, "upper/build"), image, source);
    const programs = ["server", "cli"].map((each) => `${source.package}-${each}`);
    const options = ["USE_SYSTEMD=yes", "BUILD_TLS=yes", "MALLOC=libc", "OPTIMIZATION=-O2"];
    const make = ["make", "-C", "/build/src", "-j2", ...options];
    const script = 'mount -t overlay -o "$1" build "$2" && shift && exec chroot "$@"';
    const layers = `lowerdir=${image.path},upperdir=${join(work, "upper")},workdir=${join(work, "work")}`;
    await must(
      [
        // In separate namespaces, so an interrupted build leaves neither mounts nor processes.
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

/** Extracts the upstream source of a release into a directory, without Debian's patches. */
async function unpack(to: string, image: Image, source: NonNullable<ServerKind["source"]>): Promise<void> {
  await withApt(image, { suite: source.suite, types: "deb-src" }, async (work, env) => {
    // The other files are Debian's. A mirror may already have another revision of them.
    const argv = ["apt-get", "source", "--download-only", "--tar-only", source.package];
    await must(argv, { env, cwd: work, timeout: 300_000 });
    const archive = readdirSync(work).find((name) => /\.orig\.tar\.\w+$/.test(name)) ?? "";
    if (!new RegExp(`_${source.version.replaceAll(".", "\\.")}(\\+dfsg\\d*)?\\.orig`).test(archive)) {
      throw new Error(`${source.suite} must have ${source.package} ${source.version}, got: ${archive}`);
    }
    await must(["tar", "-xf", join(work, archive), "-C", to, "--strip-components=1"]);
  });
}
