"""The data volume, where the config has one: found by what it holds, for its name says nothing on EC2.

Redis's data and the agent's memory of it lie on it together, so that a volume comes with the receipt, the identity and
the instance ID that are its own; bind mounts put both where they are expected.
"""

from __future__ import annotations

import os
import shutil

from facts import Unknown
from report import later, log, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Action
    from world import World

LABEL = "redis-data"
# Bytes at the beginning of a disk that must be zeros for it to be blank.
HEAD = 1 << 20


class Disk:
    """A disk with nothing mounted on it, and what is on it: `kind` is ours, blank or other; `uuid` that of ours."""

    def __init__(self, path: str, kind: str, uuid: str = "") -> None:
        self.path, self.kind, self.uuid = path, kind, uuid


def mount(world: World) -> None:
    """Returns with the data and the agent's folder on the volume; leaves with 10 or 20 if not."""
    volume = f"{world.root}/var/lib/redis-volume"
    if not os.path.ismount(volume):
        attach(world, volume)
    node = f"{volume}/node"
    if not os.path.isdir(node):
        fill(world, volume)
    for name, folder in (("data", world.data), ("state", world.state)):
        if not os.path.samefile(f"{node}/{name}", folder.path):
            on_host(world, "mount", "--bind", f"{node}/{name}", folder.path)
        # Not by the bind mounts: from one to another nothing can be renamed.
        folder.path = f"{node}/{name}"


def attach(world: World, volume: str) -> None:
    known = "" if world.settings["DATA_VOLUME"] == "fresh" else world.etc.text("volume").strip()
    disks = unused_disks(world)
    if isinstance(disks, Unknown):
        later(world, str(disks))
    action, what = decide_volume(disks, known, accepted=False)
    refusal = f"volume {' '.join(sorted(disk.uuid or disk.path for disk in disks))}"
    if action == "refuse" and world.run.text("accepted") == refusal:
        action, what = decide_volume(disks, known, accepted=True)
    if action == "later":
        later(world, what)
    if action == "refuse":
        refuse(world, what, refusal)
    log(f"the data volume: {action} {what}")
    # What was accepted was this; and only now begins the time that the cluster is waited for.
    world.run.remove("accepted")
    world.run.remove("since")
    run = world.processes.run
    if action == "format":
        status, output = run("mkfs.ext4", "-q", "-F", "-L", LABEL, what, seconds=600)
        if status != 0 and run("mkfs.xfs", "-q", "-f", "-L", LABEL, what, seconds=600)[0] != 0:
            refuse(world, f"{what} cannot be formatted: {output}", refusal)
    os.makedirs(volume, exist_ok=True)
    error = on_host(world, "mount", "-o", "noatime,nodev,nosuid", what, volume)
    if error or not os.path.ismount(volume):
        refuse(world, f"{what} cannot be mounted: {error or 'not seen here'}; fsck may tell more", refusal)
    # It may have been made larger; what is no ext4 stays as it is.
    run("resize2fs", what)
    world.etc.write("volume", run("blkid", "-p", "-o", "value", "-s", "UUID", what)[1] + "\n")


def on_host(world: World, *argv: str) -> str:
    """The error of a command, run among the machine's mounts: systemd gives each command of a unit its own."""
    status, output = world.processes.run("nsenter", "-t", "1", "-m", *argv)
    return "" if status == 0 else output or f"ended with {status}"


def fill(world: World, volume: str) -> None:
    """A volume begins with what the root volume has: nothing, or the data of a node that gets a volume.

    It counts once it is whole. What stayed behind would be found, and be old, when the volume is given up.
    """
    new = f"{volume}/new"
    world.data.make()
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    for name, folder in (("data", world.data), ("state", world.state)):
        status, output = world.processes.run("cp", "-a", "-T", folder.path, f"{new}/{name}", seconds=3600)
        if status != 0:
            refuse(world, f"the data does not fit the volume: {output}", "volume")
    os.sync()
    os.rename(new, f"{volume}/node")
    os.sync()
    for folder in (world.data, world.state):
        for name in os.listdir(folder.path):
            folder.remove(name)


def unused_disks(world: World) -> list[Disk] | Unknown:
    status, listed = world.processes.run("lsblk", "-bPo", "KNAME,TYPE,SIZE,MODEL,PKNAME,MOUNTPOINT")
    if status != 0:
        return Unknown(f"lsblk: {listed}")
    found = []
    for path in whole_disks(listed):
        status, probe = world.processes.run("blkid", "-p", "-o", "export", path)
        # 2: nothing was found.
        found.append(read_disk(path, probe if status in (0, 2) else "TYPE=unreadable"))
    return found


def read_disk(path: str, probe: str) -> Disk:
    """From what blkid prints. What no tool knows may still be somebody's, so a blank disk begins with zeros, too."""
    fields = dict(line.partition("=")[::2] for line in probe.split("\n") if line)
    if fields.get("LABEL") == LABEL:
        return Disk(path, "ours", fields.get("UUID", ""))
    if fields:
        return Disk(path, "other")
    try:
        with open(path, "rb") as file:
            return Disk(path, "other" if file.read(HEAD).strip(b"\0") else "blank")
    except OSError:
        return Disk(path, "other")


def whole_disks(listed: str) -> list[str]:
    """Of lsblk's lines, the disks that may be a data volume: neither EC2's own that do not last, nor those of which a
    part is mounted."""
    above, disks, used = {}, [], set()
    for line in listed.split("\n"):
        words = line.split('"')[1::2]
        if len(words) < 6:
            continue
        name, kind, size, model, parent, place = words[:6]
        above[name] = parent
        if kind == "disk" and size != "0" and "Instance Storage" not in model:
            disks.append(name)
        while place and name:
            used.add(name)
            name = above.get(name, "")
    return sorted(f"/dev/{name}" for name in disks if name not in used)


def decide_volume(disks: list[Disk], known: str, accepted: bool) -> Action:
    """Which disk is this node's volume? mount, format, later or refuse, with the disk or the reason.

    `known` is the UUID of the file system that this node has had its data on; empty for none.
    """
    kinds = {kind: [disk for disk in disks if disk.kind == kind] for kind in ("ours", "blank", "other")}
    paths = {kind: " ".join(disk.path for disk in several) for kind, several in kinds.items()}
    free = not known or accepted
    if len(kinds["ours"]) > 1:
        return "refuse", f"several disks have the label {LABEL}: {paths['ours']}"
    for disk in kinds["ours"]:
        if free or disk.uuid == known:
            return "mount", disk.path
        return "refuse", f"{disk.path} has the file system {disk.uuid}, and the data of this node is on {known}"
    if len(kinds["blank"]) > 1:
        return "refuse", f"several disks are blank: {paths['blank']}"
    for disk in kinds["blank"]:
        missing = f"{disk.path} is blank, and the data of this node is on {known}"
        return ("format", disk.path) if free else ("later", missing)
    if kinds["other"]:
        return "refuse", f"not a volume of Redis, and left alone: {paths['other']}"
    return "later", "the data volume is not attached"


