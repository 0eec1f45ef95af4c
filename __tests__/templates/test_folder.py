from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import unittest
from contextlib import contextmanager
from typing import Iterator

from fakes import put
from suite import Case, rows

from folder import LIMIT, Folder

UNPRIVILEGED = (65534, 65534)
IS_ROOT = os.geteuid() == 0


@contextmanager
def file_size(limit: int) -> Iterator[None]:
    """Limits the size of files, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class FolderTest(Case):
    def setUp(self) -> None:
        self.place = Folder(f"{self.folder()}/deep/data")
        self.place.make()

    def names(self) -> list[str]:
        return sorted(os.listdir(self.place.path))

    def test_a_file_is_replaced_by_rename_only_if_it_differs_and_no_temporary_file_is_left(self) -> None:
        self.place.write("file", "one\n")
        first = os.stat(self.place / "file").st_ino
        self.place.write("file", "one\n")
        self.assertEqual(os.stat(self.place / "file").st_ino, first)
        self.place.write("file", "two\n")
        self.assertNotEqual(os.stat(self.place / "file").st_ino, first)
        self.assertEqual((self.place.text("file"), self.names()), ("two\n", ["file"]))

    def test_a_file_that_ends_in_nuls_as_after_a_power_cut_is_replaced(self) -> None:
        put(self.place / "file", "one\n\0\0")
        self.place.write("file", "one\n")
        self.assertEqual(self.place.text("file"), "one\n")

    def test_a_file_has_its_mode_regardless_of_the_umask(self) -> None:
        before = os.umask(0o077)
        try:
            self.place.write("file", "one\n", 0o640)
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(os.stat(self.place / "file").st_mode), 0o640)

    def test_on_a_full_disk_the_old_file_stays_and_no_temporary_file_is_left(self) -> None:
        self.place.write("file", "one\n")
        with file_size(1000), self.assertRaises(OSError):
            self.place.write("file", "x" * 100_000)
        self.assertEqual((self.place.text("file"), self.names()), ("one\n", ["file"]))

    def test_a_text_that_cannot_be_encoded_leaves_no_file(self) -> None:
        with self.assertRaises(ValueError):
            self.place.write("file", "\u0663")
        self.assertEqual(self.names(), [])

    def test_a_write_does_not_follow_a_link(self) -> None:
        put(f"{self.place.path}/../target", "root's")
        os.symlink("../target", self.place / "file")
        self.place.write("other", "x")
        self.place.write("file", "mine")
        self.assertEqual((self.place.text("file"), os.path.islink(self.place / "file")), ("mine", False))
        with open(f"{self.place.path}/../target") as file:
            self.assertEqual(file.read(), "root's")

    def test_a_missing_file_reads_as_empty(self) -> None:
        self.assertEqual(
            (self.place.read("nothing"), self.place.text("nothing"), self.place.has("nothing")), (b"", "", False)
        )
        self.assertFalse(self.place.has("nothing/below"))
        put(self.place / "file", "x")
        self.assertFalse(self.place.has("file/below"))

    def make(self, kind: str) -> None:
        path = self.place / "odd"
        if kind == "link":
            put(f"{self.place.path}/../target", "root's")
            os.symlink("../target", path)
        elif kind == "dangling":
            os.symlink("nowhere", path)
        elif kind == "loop":
            os.symlink("odd", path)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            os.mkdir(path)

    @rows(
        ("a link is not followed", "link"),
        ("a link to nothing is not followed", "dangling"),
        ("a link to itself is not followed", "loop"),
        ("a FIFO does not block the reader", "fifo"),
        ("a folder is not read as a file", "folder"),
    )
    def odd(self, kind: str) -> None:
        self.make(kind)
        with self.assertRaises(OSError):
            self.place.read("odd")
        self.assertTrue(self.place.has("odd"))
        self.place.remove("odd")
        self.assertEqual(self.names(), [])

    def test_a_device_is_not_read_as_a_file(self) -> None:
        with self.assertRaises(OSError):
            Folder("/dev").read("null")

    def test_removing_a_link_keeps_its_target(self) -> None:
        put(f"{self.place.path}/../target/file", "root's")
        os.symlink("../target", self.place / "folder")
        self.place.remove("folder")
        self.assertTrue(os.path.exists(f"{self.place.path}/../target/file"))

    def test_a_folder_is_removed_with_all_that_is_in_it(self) -> None:
        put(self.place / "a/b/c", "x")
        self.place.remove("a")
        self.place.remove("a")
        self.assertEqual(self.names(), [])

    def test_the_head_or_the_tail_of_a_file_is_read(self) -> None:
        put(self.place / "file", "0123456789")
        self.assertEqual(
            (self.place.read("file", 3), self.place.read("file", tail=4), self.place.read("file", tail=99)),
            (b"012", b"6789", b"0123456789"),
        )

    def test_at_most_the_limit_is_read(self) -> None:
        with open(self.place / "file", "wb") as file:
            file.truncate(LIMIT + 10)
        self.assertEqual(len(self.place.read("file")), LIMIT)

    def test_a_move_replaces_an_existing_file(self) -> None:
        other = Folder(f"{self.place.path}/other", 0o700)
        put(self.place / "a/file", "new")
        put(other / "b/file", "old")
        self.place.move("a", other, "b")
        self.assertEqual((other.text("b/file"), self.place.has("a")), ("new", False))
        self.assertEqual(stat.S_IMODE(os.stat(other.path).st_mode), 0o700)

    def test_a_file_with_time_zero_exists(self) -> None:
        put(self.place / "file", "x")
        os.utime(self.place / "file", (0, 0))
        self.assertTrue(self.place.has("file"))


@unittest.skipUnless(IS_ROOT, "root not found")
class OwnerTest(Case):
    """root works in a folder of another user."""

    def setUp(self) -> None:
        top = self.folder()
        os.chmod(top, 0o755)
        self.place = Folder(f"{top}/data", 0o750, UNPRIVILEGED)
        self.place.make()
        put(f"{top}/secret", "root's")
        os.chmod(f"{top}/secret", 0o600)

    def test_a_file_that_root_writes_belongs_to_the_owner(self) -> None:
        self.place.write("file", "x")
        self.assertEqual(os.stat(self.place / "file").st_uid, UNPRIVILEGED[0])
        self.assertEqual((os.geteuid(), os.getegid()), (0, 0))

    def test_within_the_permissions_of_one_owner_a_folder_of_another_is_used_with_those_of_its_own(self) -> None:
        other = Folder(os.path.normpath(f"{self.place.path}/../other"), 0o700, (12345, 12345))
        other.make()
        with self.place.as_owner():
            other.write("file", "x")
            self.assertEqual((other.text("file"), other.has("file")), ("x", True))
            self.assertEqual((os.geteuid(), os.getegid()), UNPRIVILEGED)
            with self.assertRaises(PermissionError):
                os.listdir(other.path)
        self.assertEqual((os.geteuid(), os.getegid()), (0, 0))
        self.assertEqual(os.stat(other / "file").st_uid, 12345)

    def test_root_reads_only_what_the_owner_can_read(self) -> None:
        put(self.place / "file", "x")
        os.chmod(self.place / "file", 0o600)
        with self.assertRaises(PermissionError):
            self.place.read("file")
        self.assertEqual(os.geteuid(), 0)

    def test_a_folder_that_links_to_a_folder_of_root_is_not_written_to(self) -> None:
        os.mkdir(f"{self.place.path}/../roots", 0o755)
        os.symlink("../roots", self.place / "kept")
        with self.assertRaises(PermissionError):
            Folder(self.place / "kept", 0o750, UNPRIVILEGED).write("file", "x")
        self.assertEqual(os.listdir(f"{self.place.path}/../roots"), [])

    def test_files_of_the_owners_earlier_uid_are_given_to_the_owner_and_no_others(self) -> None:
        place = Folder(f"{self.place.path}/../earlier", 0o750, UNPRIVILEGED)
        put(place / "a/file", "x")
        put(place / "roots", "x")
        for path in (place.path, place / "a", place / "a/file"):
            os.chown(path, 12345, 12345)
        os.symlink("../secret", place / "link")
        os.chown(place / "link", 12345, 12345, follow_symlinks=False)
        place.make()
        owners = [os.lstat(place / name).st_uid for name in (".", "a", "a/file", "link", "roots")]
        self.assertEqual(owners, [*[UNPRIVILEGED[0]] * 4, 0])
        self.assertEqual(os.stat(f"{self.place.path}/../secret").st_uid, 0)

    def test_on_a_full_disk_no_temporary_file_of_the_owner_is_left(self) -> None:
        disk = f"{self.place.path}/../disk"
        os.mkdir(disk)
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", disk]
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
            # Some containers cannot mount. The test above covers the same case by RLIMIT_FSIZE.
            return
        try:
            place = Folder(disk, 0o777, UNPRIVILEGED)
            place.write("file", "one\n")
            with self.assertRaises(OSError):
                place.write("file", "x" * 200_000)
            self.assertEqual((place.text("file"), os.listdir(disk)), ("one\n", ["file"]))
        finally:
            subprocess.run(["umount", disk], check=True)
