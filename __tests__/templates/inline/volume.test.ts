import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

/** What blkid says of a disk, in the form of `blkid -p -o export`. */
const blank = (path: string): string => `disk ${path}\n\n`;
const holding = (path: string, ...lines: string[]): string =>
  [`disk ${path}`, `DEVNAME=${path}`, ...lines, ""].join("\n");
const ours = (path: string, uuid: string, type = "ext4"): string =>
  holding(path, "LABEL=redis-data", `UUID=${uuid}`, "VERSION=1.0", `TYPE=${type}`, "USAGE=filesystem");
const foreign = (path: string): string => holding(path, "LABEL=mysql", "UUID=9-9", "TYPE=xfs");
const partitioned = (path: string): string => holding(path, "PTUUID=9-9", "PTTYPE=gpt");

function decide(disks: string, { known = "", accepted = "no", waited = "no" } = {}): string {
  const script = `decide_volume known="${known}" accepted=${accepted} waited=${waited}`;
  const { code, stdout, stderr } = agent(["volume"], script, { stdin: disks });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

describeWith(["bash"], "the data volume of a node", () => {
  test.each<[string, string, string]>([
    ["nothing yet", "", "later the data volume is not attached"],
    ["one that is blank", blank("/dev/nvme1n1"), "format /dev/nvme1n1"],
    ["one with our label", ours("/dev/nvme1n1", "1-1"), "mount /dev/nvme1n1"],
    ["one with our label, of another file system", ours("/dev/xvdf", "1-1", "xfs"), "mount /dev/xvdf"],
    [
      "one with our label among others",
      blank("/dev/nvme2n1") + ours("/dev/nvme1n1", "1-1") + foreign("/dev/nvme3n1"),
      "mount /dev/nvme1n1",
    ],
    ["a blank one beside somebody else's", foreign("/dev/nvme2n1") + blank("/dev/sdb"), "format /dev/sdb"],
    [
      "somebody else's",
      foreign("/dev/nvme1n1"),
      "refuse this is no volume of Redis, and is left alone: /dev/nvme1n1",
    ],
    [
      "one with partitions",
      partitioned("/dev/xvdb"),
      "refuse this is no volume of Redis, and is left alone: /dev/xvdb",
    ],
    [
      "one with what no tool knows",
      "disk /dev/xvdb\nTYPE=unknown\n",
      "refuse this is no volume of Redis, and is left alone: /dev/xvdb",
    ],
  ])("that has had none: %s", (_name, disks, action) => {
    expect(decide(disks)).toBe(action);
  });

  test.each<[string, string, string]>([
    ["nothing yet", "", "later the data volume is not attached"],
    ["its own", ours("/dev/nvme1n1", "1-1"), "mount /dev/nvme1n1"],
    [
      "a blank one: never formatted, its own may still come",
      blank("/dev/nvme1n1"),
      "later /dev/nvme1n1 is blank, and the data of this node is on 1-1",
    ],
    ["its own, and a blank one", blank("/dev/nvme2n1") + ours("/dev/nvme1n1", "1-1"), "mount /dev/nvme1n1"],
    [
      "another node's",
      ours("/dev/nvme1n1", "2-2"),
      "refuse /dev/nvme1n1 has the file system 2-2, and the data of this node is on 1-1",
    ],
    [
      "somebody else's",
      foreign("/dev/nvme1n1"),
      "refuse this is no volume of Redis, and is left alone: /dev/nvme1n1",
    ],
  ])("that has had one: %s", (_name, disks, action) => {
    expect(decide(disks, { known: "1-1" })).toBe(action);
  });

  test.each<[string, string, RegExp]>([
    ["with our label", ours("/dev/a", "1-1") + ours("/dev/b", "1-1"), /^refuse several disks are labelled/],
    [
      "that are blank",
      blank("/dev/a") + blank("/dev/b"),
      /^refuse several disks are blank: \/dev\/. \/dev\/.$/,
    ],
  ])("is not guessed from several %s", (_name, disks, action) => {
    expect(decide(disks)).toMatch(action);
  });

  test("that is waited for is told after 15 minutes, and tried again", () => {
    const waited = "long";
    expect(decide("", { waited })).toBe("stuck the data volume is not attached");
    expect(decide(blank("/dev/a"), { waited, known: "1-1" })).toMatch(/^stuck \/dev\/a is blank/);
  });

  test("may be another one once a person has accepted that, but nobody else's", () => {
    const given = { known: "1-1", accepted: "yes" };
    expect(decide(blank("/dev/a"), given)).toBe("format /dev/a");
    expect(decide(ours("/dev/a", "2-2"), given)).toBe("mount /dev/a");
    expect(decide(foreign("/dev/a"), given)).toMatch(/^refuse/);
    expect(decide(ours("/dev/a", "1-1") + ours("/dev/b", "2-2"), given)).toMatch(/^refuse/);
  });
});

/** A line of `lsblk -bPo KNAME,TYPE,SIZE,MODEL,PKNAME,MOUNTPOINT`. */
function line(
  name: string,
  type = "disk",
  { size = 8, model = "", parent = "", mountpoint = "" } = {},
): string {
  return `KNAME="${name}" TYPE="${type}" SIZE="${size}" MODEL="${model}" PKNAME="${parent}" MOUNTPOINT="${mountpoint}"\n`;
}

const EBS = { model: "Amazon Elastic Block Store" };

describeWith(["bash"], "the disks that may be a data volume", () => {
  test.each<[string, string, string]>([
    [
      "on Nitro, with the root on a partition and an instance store",
      line("nvme0n1", "disk", EBS) +
        line("nvme0n1p1", "part", { parent: "nvme0n1", mountpoint: "/" }) +
        line("nvme1n1", "disk", EBS) +
        line("nvme2n1", "disk", { model: "Amazon EC2 NVMe Instance Storage" }),
      "/dev/nvme1n1",
    ],
    [
      "on Xen, with the root on the whole disk",
      line("xvda", "disk", { mountpoint: "/" }) + line("xvdf"),
      "/dev/xvdf",
    ],
    ["one that swaps", line("zram0", "disk", { mountpoint: "[SWAP]" }) + line("sdb"), "/dev/sdb"],
    ["one without a size", line("zram0", "disk", { size: 0 }), ""],
    ["no loop, no CD", line("loop0", "loop") + line("sr0", "rom"), ""],
    [
      "one whose volume on a partition is mounted",
      line("xvdb") +
        line("xvdb1", "part", { parent: "xvdb" }) +
        line("dm-0", "lvm", { parent: "xvdb1", mountpoint: "/srv" }),
      "",
    ],
    [
      "one with partitions that nobody uses, which is somebody's",
      line("xvdb") + line("xvdb1", "part", { parent: "xvdb" }),
      "/dev/xvdb",
    ],
    ["of nothing", "", ""],
  ])("%s", (_name, stdin, disks) => {
    const { code, stdout } = agent(["volume"], "whole_disks", { stdin });
    expect([code, stdout]).toEqual([0, disks]);
  });
});

describeWith(["bash", "blkid", "mkfs.ext4"], "what is found on a disk", () => {
  /** A file of 4 MiB stands for the disk: blkid and mkfs take it for one. */
  function found(prepare: string): string {
    const root = mkdtempSync(join(tmpdir(), "volume-"));
    const disk = join(root, "disk");
    writeFileSync(disk, Buffer.alloc(4 << 20));
    // Of lsblk only the lines are needed; names in them lie below /dev.
    const lsblk = `lsblk() { echo '${line(`..${disk}`).trim()}'; }`;
    const { code, stdout } = agent(
      ["volume"],
      `disk=${disk}; ${prepare}\n${lsblk}\nunused_disks | decide_volume known= accepted=no waited=no`,
    );
    rmSync(root, { recursive: true });
    expect(code).toBe(0);
    return stdout.replace(`/dev/..${disk}`, "DISK");
  }

  test.each([
    ["zeros: blank", "true", "format DISK"],
    ["our label", 'mkfs.ext4 -q -F -L redis-data "$disk"', "mount DISK"],
    ["another label", 'mkfs.ext4 -q -F -L mysql "$disk"', /^refuse this is no volume of Redis/],
    ["our label and more", 'mkfs.ext4 -q -F -L redis-data2 "$disk"', /^refuse this is no volume of Redis/],
    [
      "a label that only begins like ours",
      "mkfs.ext4 -q -F -L 'redis-data x' \"$disk\"",
      /^refuse this is no/,
    ],
    [
      "bytes that no tool knows",
      'printf something | dd of="$disk" conv=notrunc bs=1 seek=70000 status=none',
      /^refuse/,
    ],
    [
      "a file system whose first bytes are gone",
      'mkfs.ext4 -q -F -L redis-data "$disk"; dd if=/dev/zero of="$disk" conv=notrunc bs=4096 count=1 status=none',
      /^refuse/,
    ],
  ])("%s", (_name, prepare, action) => {
    expect(found(prepare)).toMatch(action);
  });
});

test("what is mounted is unmounted after Redis only", () => {
  const unit = "../../../templates/inline/instance/etc/systemd/system/redis-replica.service.d/volume.conf";
  const paths = /^RequiresMountsFor=(.*)$/m.exec(readFileSync(join(__dirname, unit), "utf8"))?.[1];
  expect(paths).toBe("/var/lib/redis /var/lib/redis-replica");
});
