"""The data volume, if one is configured. It is identified by its content: device names on EC2 are not stable.

It holds both Redis's data and the agent's state, so a volume always comes with its own receipt, node ID and instance
ID. Bind mounts make both available at their usual paths.
"""

from __future__ import annotations

import os
import re
import shutil

from facts import Unknown
from report import later, log, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Action
    from world import World

LABEL = "redis-data"
DETACH = "detach all but one, then run `redis-replica retry`"
# A disk counts as blank only if this many bytes at its beginning are zeros.
HEAD = 1 << 20


class Disk:
    """A disk that is not mounted. `kind` is ours, blank or other; `uuid` is set if `kind` is ours."""

    def __init__(self, path: str, kind: str, uuid: str = "") -> None:
        self.path, self.kind, self.uuid = path, kind, uuid


def mount(world: World) -> None:
    """Mounts the data and the agent's folder from the volume. Exits with 10 or 20 if that is not possible."""
    volume = f"{world.root}/var/lib/redis-volume"
    if not os.path.ismount(volume):
        attach(world, volume)
    node = f"{volume}/node"
    if not os.path.isdir(node):
        fill(world, volume)
    for name, folder in (("data", world.data), ("state", world.state)):
        # A new root volume may not have it.
        os.makedirs(folder.path, exist_ok=True)
        if not os.path.samefile(f"{node}/{name}", folder.path):
            on_host(world, "mount", "--bind", f"{node}/{name}", folder.path)
        # Use the path on the volume: rename() fails between two bind mounts.
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
    # The acceptance is used up here, and the wait for the cluster starts only now.
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
        refuse(world, f"{what} cannot be mounted: {error or 'the mount is not visible'}; check it with fsck", refusal)
    # The volume may have been enlarged. A file system other than ext4 is left as it is.
    run("resize2fs", what)
    status, uuid = run("blkid", "-p", "-o", "value", "-s", "UUID", what)
    # Without a UUID the volume is found by its label at the next boot.
    if status == 0 and re.fullmatch(r"[\w-]{1,36}", uuid):
        world.etc.write("volume", f"{uuid}\n")


def on_host(world: World, *argv: str) -> str:
    """Runs a command in the host's mount namespace and returns its error; systemd gives each unit command its own."""
    status, output = world.processes.run("nsenter", "-t", "1", "-m", *argv)
    return "" if status == 0 else output or f"ended with {status}"


def fill(world: World, volume: str) -> None:
    """Copies to a new volume what the root volume has: nothing, or the data of an existing node.

    The copy becomes valid by the final rename. The originals are then removed: if the volume were given up later, a
    start would find them and they would be out of date.
    """
    new = f"{volume}/new"
    world.data.make()
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    for name, folder in (("data", world.data), ("state", world.state)):
        status, output = world.processes.run("cp", "-a", "-T", folder.path, f"{new}/{name}", seconds=3600)
        if status != 0:
            refuse(world, f"cannot copy the data to the data volume: {output}", "volume")
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
        # Status 2: blkid found nothing.
        found.append(read_disk(path, probe if status in (0, 2) else "TYPE=unreadable"))
    return found


def read_disk(path: str, probe: str) -> Disk:
    """Classifies a disk by blkid's output. blkid does not know every format, so a blank disk must begin with zeros."""
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
    """The disks in lsblk's output that may be a data volume: no instance store, and none with a mounted partition."""
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
    """Decides which disk is this node's volume: mount, format, later or refuse, with the disk or the reason.

    `known` is the UUID of the file system that has held this node's data; empty if there is none.
    """
    kinds = {kind: [disk for disk in disks if disk.kind == kind] for kind in ("ours", "blank", "other")}
    paths = {kind: " ".join(disk.path for disk in several) for kind, several in kinds.items()}
    free = not known or accepted
    if len(kinds["ours"]) > 1:
        return "refuse", f"several disks have the label {LABEL}: {paths['ours']}; {DETACH}"
    for disk in kinds["ours"]:
        if free or disk.uuid == known:
            return "mount", disk.path
        return "refuse", (
            f"{disk.path} has file system {disk.uuid}, but this node's data is on {known}: "
            "attach that volume and run `redis-replica retry`, or `redis-replica accept` to use this one"
        )
    if len(kinds["blank"]) > 1:
        return "refuse", f"several disks are blank: {paths['blank']}; {DETACH}"
    for disk in kinds["blank"]:
        missing = f"{disk.path} is blank, but this node's data is on {known}: attach that volume"
        return ("format", disk.path) if free else ("later", missing)
    if kinds["other"]:
        return "refuse", f"no data volume found; these disks are neither blank nor labelled {LABEL}: {paths['other']}"
    return "later", "the data volume is not attached"
