import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./cache";
import { workDirectory } from "./inside";
import { type Image } from "./image";
import { must, run } from "./run";

/** A snapshot of a volume, as Spot takes one of each root volume every five minutes. */
export interface Snapshot {
  readonly image: Image;
  readonly directory: string;
}

/** A root volume: the image as the lower layer, and the files written by instances as the upper layer. */
export class Volume {
  private mounted = false;

  private constructor(
    readonly id: string,
    readonly image: Image,
    private readonly directory: string,
  ) {}

  /** A new volume of the image, or of a snapshot. */
  static async create(from: Image | Snapshot): Promise<Volume> {
    const id = `vol-${randomBytes(9).toString("hex").slice(0, 17)}`;
    const directory = join(workDirectory(), "volumes", id);
    for (const part of ["work", "root"]) mkdirSync(join(directory, part), { recursive: true });
    if ("directory" in from) await copy(from.directory, join(directory, "upper"));
    else mkdirSync(join(directory, "upper"));
    return new Volume(id, "directory" in from ? from.image : from, directory);
  }

  /** The root tree, while mounted. */
  get root(): string {
    return join(this.directory, "root");
  }

  /** The upper directory of overlayfs. */
  get upper(): string {
    return join(this.directory, "upper");
  }

  async mount(): Promise<string> {
    if (this.mounted) throw new Error(`${this.id} is attached already`);
    const lower = [this.image.over, this.image.path].filter((tree) => tree !== undefined).join(":");
    const options = `lowerdir=${lower},upperdir=${this.upper},workdir=${join(this.directory, "work")}`;
    await must(["mount", "-t", "overlay", "-o", options, this.id, this.root]);
    this.mounted = true;
    return this.root;
  }

  async unmount(): Promise<void> {
    if (!this.mounted) return;
    await must(["umount", this.root]);
    this.mounted = false;
  }

  /**
   * A copy of the content. While an instance writes, only each single file is crash-consistent. For a copy of one point
   * in time, the writers must be frozen: see `Instance.snapshot`.
   */
  async snapshot(): Promise<Snapshot> {
    const directory = join(workDirectory(), "snapshots", `snap-${randomBytes(8).toString("hex")}`);
    mkdirSync(join(workDirectory(), "snapshots"), { recursive: true });
    await copy(this.upper, directory);
    return { image: this.image, directory };
  }

  /** Resets the volume to a snapshot, or to the image. It must not be mounted. */
  async restore(from: Snapshot | Image): Promise<void> {
    if (this.mounted) throw new Error(`${this.id} is attached`);
    await removeTree(join(this.directory, "work"));
    mkdirSync(join(this.directory, "work"));
    await rename(this.upper, join(this.directory, "old"));
    if ("directory" in from) await copy(from.directory, this.upper);
    else mkdirSync(this.upper);
    await removeTree(join(this.directory, "old"));
  }

  async destroy(): Promise<void> {
    await this.unmount();
    await removeTree(this.directory);
  }
}

/** Copies a tree with owners, modes, times, hard links, extended attributes and whiteouts. */
async function copy(from: string, to: string): Promise<void> {
  const argv = ["cp", "--archive", "--reflink=auto", "--sparse=auto", from, to];
  const { code, stderr } = await run(argv, { timeout: 300_000 });
  if (code === 0) return;
  // A file may be renamed or removed after cp has listed it. This is not an error.
  const other = stderr.split("\n").filter((line) => line !== "" && !/No such file or directory/.test(line));
  if (other.length > 0 || !existsSync(to) || readdirSync(to).length === 0) {
    throw new Error(`copying ${from}: ${other.join("\n") || stderr}`);
  }
}
