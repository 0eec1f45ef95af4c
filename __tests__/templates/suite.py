"""What all tests of the agent share: its modules on the path, and tests that are rows of a table."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any, Callable, Iterator, TypeVar

INSTANCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../templates/instance"))
LIB = f"{INSTANCE}/usr/local/lib/redis-replica"
# Compiled files beside the modules would be packed into the agent's archive.
sys.dont_write_bytecode = True
sys.path.insert(0, LIB)

# In memory, since flushing small files to a disk takes as long as most tests. Tests also run programs there.
MEMORY = "/dev/shm"
FOLDERS = MEMORY if os.access(MEMORY, os.W_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else None

Method = TypeVar("Method", bound=Callable[..., None])


def rows(*table: tuple[Any, ...]) -> Callable[[Method], Method]:
    """Turns a method into one test for each row. A row starts with the test's title; the rest are arguments."""

    def mark(method: Method) -> Method:
        method.rows = table  # type: ignore[attr-defined]
        return method

    return mark


class Case(unittest.TestCase):
    """Test titles are plain sentences. A method's name is its title with underscores."""

    maxDiff = None

    def __init_subclass__(cls) -> None:
        for name, method in list(vars(cls).items()):
            for title, *words in getattr(method, "rows", ()):
                test = f"test_{title}"
                if hasattr(cls, test):
                    raise ValueError(f"{cls.__name__}.{name}: two rows are called {title!r}")
                setattr(cls, test, lambda self, method=method, words=words: method(self, *words))

    def folder(self) -> str:
        """A new directory, removed after the test."""
        place = tempfile.TemporaryDirectory(prefix="agent-", dir=FOLDERS)
        self.addCleanup(place.cleanup)
        return place.name


@contextmanager
def diagnostics() -> Iterator[StringIO]:
    """Captures stderr."""
    text = StringIO()
    with redirect_stderr(text):
        yield text
