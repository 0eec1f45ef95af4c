import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { aptSources } from "./apt";
import { cached, keyOf } from "./cache";
import { hostAddress } from "./network";
import { must } from "./run";
import { currentSuite, type Suite, suites } from "./suite";

/** A root file system to boot from, like an AMI on EC2. */
export interface Image {
  /** Derived from the recipe, so another recipe has another ID. */
  readonly id: string;
  /** Its Debian release. */
  readonly suite: Suite;
  /** The root tree. It is never written to. */
  readonly path: string;
  /** A tree with further files, mounted above the root tree. @default none */
  readonly over?: string;
}

const packages = [
  ...["systemd", "systemd-sysv", "dbus", "cloud-init", "libnss-myhostname", "sudo", "procps", "kmod"],
  ...["iproute2", "iputils-ping", "netbase", "ca-certificates", "curl", "util-linux", "e2fsprogs", "gawk"],
  ...["jq", "less", "xz-utils", "build-essential", "pkg-config", "libssl-dev", "libsystemd-dev"],
];

/** Files that no program here reads. Without them the tree is a third smaller. */
const excluded = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Units that have no use in a container. Each would make every boot longer. */
const maskedIn = (suite: Suite): readonly string[] => [
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer"],
  ...["e2scrub_all.timer", "e2scrub_reap.service", "systemd-pstore.service", "getty@tty1.service"],
  ...["getty-static.service", "console-getty.service", "systemd-logind.service", "systemd-firstboot.service"],
  ...["systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "systemd-repart.service"],
  ...["systemd-random-seed.service", "systemd-binfmt.service", "systemd-modules-load.service"],
  ...["systemd-remount-fs.service", "cloud-init-hotplugd.socket", "dev-hugepages.mount"],
  // This stage has no modules here and would take a third of a second. Later releases of cloud-init run all stages in
  // one process, one after the other.
  ...(suite === "bookworm" ? ["cloud-config.service"] : []),
  ...["sys-kernel-config.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount"],
];

const files: Readonly<Record<string, string>> = {
  // As on EC2, the instance ID and the user data come with the instance. cloud-init need not search for a data source.
  "etc/cloud/cloud.cfg.d/90_instance.cfg": `datasource_list: [NoCloud, None]
network: {config: disabled}
preserve_hostname: true
cloud_init_modules: [bootcmd, write-files]
cloud_config_modules: []
cloud_final_modules: [write-files-deferred, runcmd, scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user]
`,
  "etc/cloud/ds-identify.cfg": "policy: enabled\n",
  // Unknown names must fail immediately, not after the timeout of a resolver.
  "etc/nsswitch.conf": ["passwd", "group", "shadow", "services", "protocols", "networks"]
    .map((database) => `${database}: files\n`)
    .concat("hosts: files myhostname\n")
    .join(""),
  "etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n",
  "etc/resolv.conf": "",
  // Present and empty: each volume gets a new ID at its first boot, without the first-boot units of systemd.
  "etc/machine-id": "",
  "etc/fstab": "",
  "etc/apt/sources.list": `deb [trusted=yes] http://${hostAddress}/debian ./\n`,
};

/** The image. It is built at the first call, outside an enclosure, since the build needs the package registry. */
export async function image(suite = currentSuite()): Promise<Image> {
  // The default suite is not part of the recipe, so the names of images built before the option existed still match.
  const release = suite === suites[0] ? [] : [suite];
  const key = keyOf(...release, packages, excluded, maskedIn(suite), files);
  const directory = await cached(`image-${key}`, (made) => build(made, suite));
  return { id: `ami-${key}0`, suite, path: join(directory, "root") };
}

async function build(directory: string, suite: Suite): Promise<void> {
  const { files: sources, settings } = await aptSources({ suite, types: "deb" });
  const root = join(directory, "root");
  const lists = mkdtempSync(join(tmpdir(), "sources-"));
  try {
    const paths = sources.map(({ name, text }, index) => {
      const path = join(lists, `${index}${name.slice(name.lastIndexOf("."))}`);
      writeFileSync(path, `${text}\n`);
      return path;
    });
    await must(
      [
        // In separate namespaces, so an interrupted build leaves neither mounts nor processes.
        ...["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"],
        ...["mmdebstrap", "--mode=root", "--variant=minbase", `--include=${packages.join(",")}`],
        ...excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
        ...settings.map((setting) => `--aptopt=${setting.replace(/;$/, "")}`),
        ...[suite, root, ...paths],
      ],
      { timeout: 900_000 },
    );
  } finally {
    rmSync(lists, { recursive: true, force: true });
  }
  furnish(root, maskedIn(suite));
}

/** Turns a Debian tree into an image of an instance. */
function furnish(root: string, masked: readonly string[]): void {
  // Without /etc/hostname, the host name is the one that the instance is started with.
  for (const part of ["apt/sources.list.d", "apt/apt.conf.d/99mmdebstrap", "hostname"]) {
    rmSync(join(root, "etc", part), { recursive: true, force: true });
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), text);
  }
  for (const unit of masked) {
    const path = join(root, "etc/systemd/system", unit);
    rmSync(path, { force: true });
    symlinkSync("/dev/null", path);
  }
  for (const name of readdirSync(join(root, "var/log"))) {
    if (/\.log$/.test(name)) rmSync(join(root, "var/log", name));
  }
}
