import { ownDirectories } from "../../rehearsal/cgroup";

describe("ownDirectories", () => {
  it("finds the unified hierarchy", () => {
    const mounts = "31 24 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    expect(ownDirectories("0::/user.slice/session.scope\n", mounts)).toEqual([
      "/sys/fs/cgroup/user.slice/session.scope",
    ]);
  });

  it("finds the hierarchy named systemd first, and the unified one last", () => {
    const mounts = [
      "41 40 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu",
      "50 40 0:42 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
      "51 40 0:43 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
    ].join("\n");
    expect(ownDirectories("9:name=systemd:/a\n1:cpu:/b\n0::/c\n", mounts)).toEqual([
      "/sys/fs/cgroup/systemd/a",
      "/sys/fs/cgroup/unified/c",
    ]);
  });

  it("finds nothing if no hierarchy is mounted", () => {
    expect(ownDirectories("0::/\n", "")).toEqual([]);
  });

  it("supports a hierarchy of which only a part is mounted", () => {
    const mounts = "31 24 0:27 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
    expect(ownDirectories("0::/docker/1/own\n", mounts)).toEqual(["/sys/fs/cgroup/own"]);
  });
});
