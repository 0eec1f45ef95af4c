"""Directories that Redis, or the agent's user, may write to: what root does in them it does as their owner."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

LIMIT = 4 << 20


class Folder:
    """A directory; files in it are replaced by rename. `owner` is (uid, gid), if it is another user's."""

    def __init__(
        self, path: str, mode: int = 0o755, owner: tuple[int, int] | None = None, parent: Folder | None = None
    ) -> None:
        self.path, self.mode, self.owner, self.parent = path, mode, owner, parent

    def __truediv__(self, name: str) -> str:
        return f"{self.path}/{name}"

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """With the owner's rights only: a link in here leads to nothing that its owner could not reach itself."""
        switch = self.owner and os.geteuid() == 0
        if switch and self.owner:
            os.setegid(self.owner[1])
            os.seteuid(self.owner[0])
        try:
            yield
        finally:
            if switch:
                os.seteuid(0)
                os.setegid(0)

    def child(self, name: str) -> Folder:
        """A folder in this one, of the same owner."""
        return Folder(self / name, self.mode, self.owner, self)

    def make(self) -> None:
        """Creates it, and gives it its mode and owner, and all that an earlier owner had: its number may differ."""
        if self.parent:
            # A link in its place would lead root somewhere else.
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
                    # What root has stays root's.
                    if os.lstat(path).st_uid == before.st_uid != 0:
                        os.lchown(path, *self.owner)
            os.chown(self.path, *self.owner)
        if stat.S_IMODE(before.st_mode) != self.mode:
            os.chmod(self.path, self.mode)

    def read(self, name: str, limit: int = LIMIT, tail: int = 0) -> bytes:
        """A file's first `limit` bytes, or last `tail`; none if it does not exist. OSError if it is no plain file."""
        with self.as_owner():
            try:
                # Without O_NONBLOCK a FIFO would hold whoever opens it.
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
        """Replaces a file, if its content differs; it is on disk before this returns."""
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
        """Within one file system; what has that name there is replaced."""
        to.make()
        to.remove(new or name)
        os.rename(self / name, to / (new or name))

    def remove(self, name: str) -> None:
        """Removes a file or a whole folder, if it is there; it is gone from the disk before this returns."""
        if self.has(name):
            import shutil

            with self.as_owner():
                remove = shutil.rmtree if stat.S_ISDIR(os.lstat(self / name).st_mode) else os.unlink
                remove(self / name)
            self.sync()

    def sync(self) -> None:
        fd = os.open(self.path, os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)

    def has(self, name: str) -> bool:
        """Whether there is such a file; OSError where that cannot be told."""
        try:
            return bool(self.time(name))
        except (FileNotFoundError, NotADirectoryError):
            return False

    def mode_of(self, name: str) -> int:
        with self.as_owner():
            return stat.S_IMODE(os.lstat(self / name).st_mode)

    def time(self, name: str) -> float:
        """When a file was written, in seconds since 1970."""
        with self.as_owner():
            return os.lstat(self / name).st_mtime or 1.0
