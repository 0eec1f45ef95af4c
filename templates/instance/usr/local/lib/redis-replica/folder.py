"""Directories that are writable by Redis or the agent's user. root works in them with their owner's permissions."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

LIMIT = 4 << 20


class Folder:
    """A directory whose files are replaced by rename. `owner` is (uid, gid) if it belongs to another user."""

    def __init__(
        self, path: str, mode: int = 0o755, owner: tuple[int, int] | None = None, parent: Folder | None = None
    ) -> None:
        self.path, self.mode, self.owner, self.parent = path, mode, owner, parent

    def __truediv__(self, name: str) -> str:
        return f"{self.path}/{name}"

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Drops to the owner's permissions, so a link in the folder gives access to nothing more than the owner has.

        In another folder's `as_owner` it changes to this folder's owner, and back.
        """
        before = os.geteuid(), os.getegid()
        become(*(self.owner if self.owner and os.getuid() == 0 else before))
        try:
            yield
        finally:
            become(*before)

    def child(self, name: str) -> Folder:
        """A folder in this one, with the same owner."""
        return Folder(self / name, self.mode, self.owner, self)

    def make(self) -> None:
        """Creates the folder and sets its mode and owner. UIDs may change: files of the old owner get the new one."""
        if self.parent:
            # A link in its place would make root write outside the parent.
            with self.as_owner():
                if os.path.islink(self.path):
                    os.unlink(self.path)
                os.makedirs(self.path, self.mode, exist_ok=True)
            return
        os.makedirs(self.path, exist_ok=True)
        before = os.stat(self.path)
        if self.owner and os.geteuid() == 0 and before.st_uid != self.owner[0]:
            for base, folders, files in os.walk(self.path):
                for path in (f"{base}/{name}" for name in folders + files):
                    # Files of root stay as they are.
                    if os.lstat(path).st_uid == before.st_uid != 0:
                        os.lchown(path, *self.owner)
            os.chown(self.path, *self.owner)
        if stat.S_IMODE(before.st_mode) != self.mode:
            os.chmod(self.path, self.mode)

    def read(self, name: str, limit: int = LIMIT, tail: int = 0) -> bytes:
        """A file's first `limit` bytes, or last `tail`; empty if there is no file. OSError if it is no regular file."""
        with self.as_owner():
            try:
                # Without O_NONBLOCK, opening a FIFO would block.
                fd = os.open(self / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                return b""
        with open(fd, "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise OSError(0, "not a regular file", self / name)
            file.seek(max(0, info.st_size - tail) if tail else 0)
            return file.read(limit)

    def text(self, name: str) -> str:
        return self.read(name).decode("latin-1")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        """Replaces a file if its content or mode differs. The file is on disk before this returns."""
        if self.has(name) and self.mode_of(name) == mode and self.read(name) == text.encode("latin-1"):
            return
        new = self / f".{name}.{os.urandom(8).hex()}"
        with self.as_owner():
            try:
                with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                    os.fchmod(file.fileno(), mode)
                    file.write(text.encode("latin-1"))
                    file.flush()
                    os.fsync(file.fileno())
                os.rename(new, self / name)
            except BaseException:
                self.remove(os.path.basename(new))
                raise
        self.sync()

    def move(self, name: str, to: Folder, new: str = "") -> None:
        """Moves a file within one file system, replacing an existing one."""
        to.make()
        to.remove(new or name)
        os.rename(self / name, to / (new or name))

    def remove(self, name: str) -> None:
        """Removes a file or a whole folder, if it exists. The removal is on disk before this returns."""
        if self.has(name):
            import shutil

            with self.as_owner():
                remove = shutil.rmtree if stat.S_ISDIR(os.lstat(self / name).st_mode) else os.unlink
                remove(self / name)
            self.sync()

    def sync(self) -> None:
        with self.as_owner():
            fd = os.open(self.path, os.O_RDONLY)
            os.fsync(fd)
            os.close(fd)

    def has(self, name: str) -> bool:
        """Whether the file exists; OSError if that cannot be determined."""
        try:
            return bool(self.time(name))
        except (FileNotFoundError, NotADirectoryError):
            return False

    def mode_of(self, name: str) -> int:
        with self.as_owner():
            return stat.S_IMODE(os.lstat(self / name).st_mode)

    def time(self, name: str) -> float:
        """When a file was written, in seconds since 1970. Never 0, so that has() can use it."""
        with self.as_owner():
            return os.lstat(self / name).st_mtime or 1.0


def become(uid: int, gid: int) -> None:
    """Changes the effective user and group. Only root may change the group."""
    if (uid, gid) != (os.geteuid(), os.getegid()):
        os.seteuid(0)
        os.setegid(gid)
        os.seteuid(uid)
