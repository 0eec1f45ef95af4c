from __future__ import annotations

import os
import shutil
import subprocess
import unittest
from unittest import mock

from fakes import FakeWorld, left_with, put
from suite import Case, rows

import disk
from disk import HEAD, Disk, decide_volume, fill, read_disk, unused_disks, whole_disks
from facts import Unknown
from world import Processes

OURS, OTHER = Disk("/dev/nvme1n1", "ours", "1-1"), Disk("/dev/nvme3n1", "other")
BLANK = Disk("/dev/nvme2n1", "blank")
DETACH = "detach all but one, then run `redis-replica retry`"
ATTACH = "attach that volume and run `redis-replica retry`, or `redis-replica accept` to use this one"


class VolumeTest(Case):
    @rows(
        ("a volume that is not attached is waited for", [], "", ("later", "the data volume is not attached")),
        ("a blank disk is formatted", [BLANK], "", ("format", BLANK.path)),
        ("a disk with the label is mounted", [OURS], "", ("mount", OURS.path)),
        ("a disk with the label is mounted if there are other disks", [BLANK, OURS, OTHER], "", ("mount", OURS.path)),
        ("a blank disk is formatted if another disk has foreign data", [OTHER, BLANK], "", ("format", BLANK.path)),
        (
            "a disk with foreign data is left alone",
            [OTHER],
            "",
            ("refuse", "no data volume found; these disks are neither blank nor labelled redis-data: /dev/nvme3n1"),
        ),
        ("the known volume is waited for", [], "1-1", ("later", "the data volume is not attached")),
        ("the known volume is mounted", [OURS], "1-1", ("mount", OURS.path)),
        ("the known volume is mounted if there is also a blank disk", [BLANK, OURS], "1-1", ("mount", OURS.path)),
        (
            "a blank disk is not formatted while the known volume is missing",
            [BLANK],
            "1-1",
            ("later", "/dev/nvme2n1 is blank, but this node's data is on 1-1: attach that volume"),
        ),
        (
            "the volume of another node is refused",
            [OURS],
            "2-2",
            ("refuse", f"/dev/nvme1n1 has file system 1-1, but this node's data is on 2-2: {ATTACH}"),
        ),
        (
            "a disk with foreign data is left alone while the known volume is missing",
            [OTHER],
            "1-1",
            ("refuse", "no data volume found; these disks are neither blank nor labelled redis-data: /dev/nvme3n1"),
        ),
        (
            "several disks with the label are refused",
            [OURS, OURS],
            "",
            ("refuse", f"several disks have the label redis-data: /dev/nvme1n1 /dev/nvme1n1; {DETACH}"),
        ),
        (
            "several blank disks are refused",
            [BLANK, BLANK],
            "",
            ("refuse", f"several disks are blank: /dev/nvme2n1 /dev/nvme2n1; {DETACH}"),
        ),
    )
    def volumes(self, disks: list[Disk], known: str, action: tuple[str, str]) -> None:
        self.assertEqual(decide_volume(disks, known, False), action)

    def test_an_acceptance_allows_another_volume_but_no_foreign_data(self) -> None:
        self.assertEqual(decide_volume([BLANK], "2-2", True), ("format", BLANK.path))
        self.assertEqual(decide_volume([OURS], "2-2", True), ("mount", OURS.path))
        for disks in ([OTHER], [OURS, OURS], [BLANK, BLANK]):
            self.assertEqual(decide_volume(disks, "2-2", True)[0], "refuse")


def line(name: str, kind: str = "disk", size: str = "8", model: str = "", parent: str = "", place: str = "") -> str:
    """A line of `lsblk -bPo KNAME,TYPE,SIZE,MODEL,PKNAME,MOUNTPOINT`."""
    return f'KNAME="{name}" TYPE="{kind}" SIZE="{size}" MODEL="{model}" PKNAME="{parent}" MOUNTPOINT="{place}"\n'


EBS = "Amazon Elastic Block Store"


class DisksTest(Case):
    @rows(
        (
            "on Nitro all disks except the root volume and instance stores",
            line("nvme0n1", model=EBS)
            + line("nvme0n1p1", "part", parent="nvme0n1", place="/")
            + line("nvme1n1", model=EBS)
            + line("nvme2n1", model="Amazon EC2 NVMe Instance Storage"),
            ["/dev/nvme1n1"],
        ),
        (
            "on Xen all disks except a root volume without partitions",
            line("xvda", place="/") + line("xvdf"),
            ["/dev/xvdf"],
        ),
        ("no disk that is used as swap", line("zram0", place="[SWAP]") + line("sdb"), ["/dev/sdb"]),
        ("no disk without a size", line("zram0", size="0"), []),
        ("no loop device and no CD", line("loop0", "loop") + line("sr0", "rom"), []),
        (
            "no disk with a mounted logical volume on a partition",
            line("xvdb") + line("xvdb1", "part", parent="xvdb") + line("dm-0", "lvm", parent="xvdb1", place="/srv"),
            [],
        ),
        ("a disk with unused partitions", line("xvdb") + line("xvdb1", "part", parent="xvdb"), ["/dev/xvdb"]),
        ("no disk from empty or truncated lines", '\nKNAME="xvdb" TYPE="disk\n', []),
    )
    def listed(self, lines: str, disks: list[str]) -> None:
        self.assertEqual(whole_disks(lines), disks)

    @rows(
        ("a failure of lsblk is unknown", (1, "lsblk: failed")),
        ("a timeout of lsblk is unknown", (None, "lsblk was killed after 60 s")),
    )
    def unlisted(self, result: tuple[int | None, str]) -> None:
        world = FakeWorld(self.folder())
        world.processes.results["lsblk"] = result
        self.assertIsInstance(unused_disks(world), Unknown)
        code, _ = left_with(lambda: disk.attach(world, f"{world.root}/volume"))
        self.assertEqual((code, [argv[0] for argv in world.processes.ran]), (10, ["lsblk", "lsblk"]))

    def content(self, size: int, *parts: tuple[int, bytes]) -> str:
        path = f"{self.folder()}/disk"
        with open(path, "wb") as file:
            file.truncate(size)
            for at, data in parts:
                file.seek(at)
                file.write(data)
        return path

    @rows(
        ("a disk of zeros is blank", "", [], "blank"),
        ("bytes that blkid does not know are foreign data", "", [(70_000, b"something")], "other"),
        ("bytes after the first MiB are not read", "", [(HEAD, b"something")], "blank"),
        ("a disk with the agent's label is its own", "LABEL=redis-data\nUUID=1-1\nTYPE=ext4", [], "ours"),
        ("a disk with another label has foreign data", "LABEL=mysql\nUUID=9-9\nTYPE=xfs", [], "other"),
        (
            "a disk whose label only begins like the agent's has foreign data",
            "LABEL=redis-data x\nTYPE=ext4",
            [],
            "other",
        ),
        ("a disk with partitions has foreign data", "PTUUID=9-9\nPTTYPE=gpt", [], "other"),
        ("a disk that blkid cannot read has foreign data", "TYPE=unreadable", [], "other"),
    )
    def found(self, probe: str, parts: list[tuple[int, bytes]], kind: str) -> None:
        self.assertEqual(read_disk(self.content(4 << 20, *parts), probe).kind, kind)

    def test_an_unreadable_disk_counts_as_foreign_data(self) -> None:
        self.assertEqual(read_disk("/nonexistent/disk", "").kind, "other")

    @unittest.skipUnless(shutil.which("blkid") and shutil.which("mkfs.ext4"), "blkid or mkfs.ext4 not found")
    def test_real_file_systems_are_classified(self) -> None:
        for label, wipe, action in (
            ("", False, "format"),
            ("redis-data", False, "mount"),
            ("mysql", False, "refuse"),
            ("redis-data", True, "refuse"),
        ):
            with self.subTest(label=label, wipe=wipe):
                path = self.content(4 << 20)
                if label:
                    subprocess.run(["mkfs.ext4", "-q", "-F", "-L", label, path], check=True)
                if wipe:
                    with open(path, "r+b") as file:
                        file.write(bytes(4096))
                world = FakeWorld(self.folder())
                world.processes = mock.Mock(run=self.run_real(path))
                disks = unused_disks(world)
                assert not isinstance(disks, Unknown)
                self.assertEqual(decide_volume(disks, "", False)[0], action)

    def run_real(self, path: str):  # type: ignore[no-untyped-def]
        def run(*argv: str, **more: object) -> tuple[int | None, str]:
            return (0, line(f"..{path}")) if argv[0] == "lsblk" else Processes().run(*argv)

        return run


class AttachTest(Case):
    def attach(
        self, *disks: Disk, known: str = "", settings: str = "DATA_VOLUME='kept'\n", accepted: bool = False
    ) -> tuple[int, FakeWorld]:
        world = FakeWorld(self.folder(), settings)
        if known:
            world.etc.write("volume", f"{known}\n")
        world.processes.results["blkid"] = 0, "1-1"
        volume = f"{world.root}/volume"
        with (
            mock.patch.object(disk, "unused_disks", return_value=list(disks)),
            mock.patch("os.path.ismount", return_value=True),
        ):
            if accepted:
                left_with(lambda: disk.attach(world, volume))
                world.run.write("accepted", world.run.text("refused").partition("refusal ")[2].strip())
                world.run.remove("refused")
            code, _ = left_with(lambda: disk.attach(world, volume))
        return code, world

    def ran(self, world: FakeWorld) -> list[str]:
        return [argv[0] for argv in world.processes.ran]

    def test_a_volume_is_mounted_and_remembered(self) -> None:
        code, world = self.attach(OURS)
        self.assertEqual(
            (code, self.ran(world), world.etc.text("volume")), (0, ["nsenter", "resize2fs", "blkid"], "1-1\n")
        )

    def test_a_blank_disk_is_formatted_first(self) -> None:
        self.assertEqual(self.ran(self.attach(BLANK)[1])[0], "mkfs.ext4")

    def test_nothing_is_formatted_or_mounted_on_a_refusal_or_a_wait(self) -> None:
        for disks, known in (((OTHER,), ""), ((BLANK, BLANK), ""), ((OURS,), "2-2"), ((BLANK,), "2-2"), ((), "")):
            code, world = self.attach(*disks, known=known)
            self.assertIn(code, (10, 20))
            self.assertEqual(self.ran(world), [])

    def test_an_acceptance_is_valid_for_one_disk_only(self) -> None:
        code, world = self.attach(OURS, known="2-2", accepted=True)
        self.assertEqual((code, world.run.has("accepted")), (0, False))
        world.run.write("accepted", "volume 9-9")
        world.etc.write("volume", "2-2\n")
        with mock.patch.object(disk, "unused_disks", return_value=[OURS]):
            self.assertEqual(left_with(lambda: disk.attach(world, "/nowhere"))[0], 20)

    def test_with_the_setting_fresh_any_blank_disk_is_formatted(self) -> None:
        self.assertEqual(self.attach(BLANK, known="2-2", settings="DATA_VOLUME='fresh'\n")[0], 0)


class FillTest(Case):
    def test_a_new_volume_gets_the_data_of_the_root_volume_completely_or_not_at_all(self) -> None:
        world = FakeWorld(self.folder())
        world.processes = Processes()  # type: ignore[assignment]
        put(world.data / "dump.rdb", "data")
        put(world.state / "receipt", "mine")
        volume = f"{world.root}/volume"
        put(f"{volume}/new/data/half", "of an earlier attempt")
        fill(world, volume)
        found = sorted(
            f"{os.path.relpath(base, volume)}/{name}" for base, _, names in os.walk(volume) for name in names
        )
        self.assertEqual(found, ["node/data/dump.rdb", "node/state/receipt"])
        self.assertEqual((os.listdir(world.data.path), os.listdir(world.state.path)), ([], []))

    def test_data_that_does_not_fit_stays_on_the_root_volume(self) -> None:
        world = FakeWorld(self.folder())
        world.processes.results["cp"] = 1, "cp: No space left on device"
        put(world.data / "dump.rdb", "data")
        code, _ = left_with(lambda: fill(world, f"{world.root}/volume"))
        self.assertEqual(
            (code, world.data.text("dump.rdb"), os.path.exists(f"{world.root}/volume/node")), (20, "data", False)
        )
        self.assertIn("No space left on device", world.shown_state)
