"""Reads what the volume holds: nodes.conf, the RDB and the append-only file. Any of them may be malformed."""

from __future__ import annotations

import os
from contextlib import suppress

from nodes import Node, covered, is_whole, parse_nodes
from report import later
from typed import integer, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from folder import Folder
    from world import World

AOF = "appendonlydir"


class Own:
    """This node as its nodes.conf or its answer to CLUSTER NODES lists it; `id` is empty if neither names it."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        lines = [line for line in text.split("\n") if line[:5] != "vars "]
        self.nodes = {node.id: node for node in (parse_nodes("\n".join(lines)) if text else [])}
        self.me: Node | None = next((node for node in self.nodes.values() if "myself" in node.flags), None)
        self.id, self.role = (self.me.id, self.me.role) if self.me else ("", "none")

    @property
    def shard_slots(self) -> set[int]:
        """The slots of this node's shard, from the same text."""
        return covered(self.nodes.get(self.me.master) if self.me and self.role == "replica" else self.me)

    def is_other_owner(self, identity: str) -> bool:
        """Whether a node owned the slots of another shard."""
        node = self.nodes.get(identity)
        return bool(node and node.role == "owner" and self.me and identity not in (self.me.id, self.me.master))


def last_known_good(world: World) -> Own:
    """The last-known-good copy of nodes.conf; without nodes if that is damaged."""
    text = world.state.text("nodes.conf")
    with suppress(ValueError):
        return Own(text if is_whole(text) else "")
    return Own()


def read_own(world: World) -> Own:
    """Reads nodes.conf if it is complete; else, if there is data, its last-known-good copy. OSError, ValueError."""
    text = world.data.text("nodes.conf")
    if not is_whole(text):
        text = world.state.text("nodes.conf") if has_data(world.data) else ""
    return Own(text if is_whole(text) else "")


def has_data(data: Folder) -> bool:
    return data.has("dump.rdb") or data.has(AOF) or bool(data.read("nodes.conf", 1))


class Rdb:
    """The head of an RDB. `offset` and `saved` (seconds by the server's clock) are -1 if it has none.

    `writer` is the version of the server that wrote it, in the form of INFO.

    A damaged RDB is assumed to have keys. `magic` is ordered: REDIS0009 is of Redis 6, VALKEY080 of Valkey 9.
    """

    def __init__(self, data: bytes) -> None:
        self.magic = data[:9]
        self.id, self.offset, self.saved, self.has_keys, self.damage, self.writer = "", -1, -1, True, "", ""
        self._data, self._at = data, 9
        try:
            # An RDB starts with "REDIS" and four digits, or "VALKEY" and three.
            if data[:5] != b"REDIS" and data[:6] != b"VALKEY":
                raise ValueError("not an RDB")
            while self._take(1) == b"\xfa":
                name, value = self._string(), self._string()
                if name == "repl-id":
                    self.id = value
                elif name in ("redis-ver", "valkey-ver"):
                    self.writer = f"{name[:-4]}_version:{value}"
                elif name == "repl-offset":
                    self.offset = integer(value)
                elif name == "ctime":
                    self.saved = integer(value)
            self.has_keys = data[self._at - 1] != 0xFF
        except ValueError as error:
            self.damage = plain(error)

    def __str__(self) -> str:
        return f"offset {self.offset}, {'has' if self.has_keys else 'no'} keys{' (damaged)' if self.damage else ''}"

    def replaces(self, other: Rdb) -> bool:
        """Whether this RDB has all that another one has: it continues the same history, or the other has no keys."""
        return not other.has_keys or bool(other.id) and other.id == self.id and other.offset <= self.offset

    def _take(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise ValueError("its head is not complete")
        return self._data[self._at - count : self._at]

    def _string(self) -> str:
        """A string: a length and its bytes, or an integer of 1, 2 or 4 bytes."""
        first = self._take(1)[0]
        kind, low = first >> 6, first & 63
        if kind == 3 and low < 3:
            return str(int.from_bytes(self._take(1 << low), "little", signed=True))
        if kind > 1:
            raise ValueError("its head has an unknown kind of string")
        return self._take(low << 8 | self._take(1)[0] if kind else low).decode("latin-1")


def read_rdb(data: Folder, name: str = "dump.rdb") -> Rdb | None:
    """The RDB, or None if there is none. OSError."""
    head = data.read(name, 4096)
    return Rdb(head) if head else None


def has_keys(data: Folder) -> bool:
    """Whether there is an RDB with keys. A damaged one is assumed to have keys."""
    rdb = read_rdb(data)
    return bool(rdb and rdb.has_keys)


def rdb_mark(data: Folder) -> str:
    """The RDB's size and the checksum at its end, which covers the rest; empty without an RDB."""
    tail = data.read("dump.rdb", tail=8)
    return f"{os.lstat(data / 'dump.rdb').st_size} {tail.hex()}" if tail else ""


def kept(data: Folder) -> Folder:
    """The folder that keeps one earlier generation."""
    return data.child("kept")


# The generations in kept/. There are several only while the mark exists.
KEPT = "dump.rdb", "dump.2.rdb", "dump.3.rdb", "dump.4.rdb"
# Exists while the data that this node follows has not been compared with what is kept. It has the names of the files
# that have more than the master, once there are any.
UNVERIFIED = "unverified"


def keep_rdb(world: World) -> bool:
    """Keeps the RDB by a hard link, and returns whether it is sound and has keys.

    A damaged RDB, or one without keys, never replaces one that has keys. While the mark exists, an RDB only replaces
    one that it continues: the node may have followed a master that came back empty.
    """
    data, marked = world.data, world.state.has(UNVERIFIED)
    with data.as_owner():
        folder, rdb = kept(data), read_rdb(data)
        if not rdb or rdb.damage:
            return False
        # A link in its place is replaced, and not followed.
        folder.make()
        before = {name: read_rdb(folder, name) for name in KEPT}
        free = [name for name, each in before.items() if not each]
        if rdb.has_keys or len(free) == len(KEPT):
            replaced = [name for name, each in before.items() if each and (not marked or rdb.replaces(each))]
            name = [*replaced, *free, KEPT[-1]][0]
            for each in {*replaced, name}:
                folder.remove(each)
            os.link(data / "dump.rdb", folder / name)
            folder.sync()
        return rdb.has_keys


def set_aside(world: World) -> None:
    """Moves the data away, so that the node joins as a new one. The last generation with keys is kept."""
    new, moves = world.state.child("aside.new"), set(os.listdir(world.data.path))
    # What is kept stays, unless it was not compared: the master of another shard cannot be compared with it.
    if not world.state.has(UNVERIFIED) or world.state.text(UNVERIFIED):
        moves -= {"kept"}
    # An interrupted run has left files in `new`. The data here is the rest of that generation, or a later one.
    if any(new.has(name) for name in moves):
        end_set_aside(world)
    new.make()
    for name in sorted(moves, key="kept".__ne__):
        if world.root:
            world.data.move(name, new)
            continue
        # systemd gives each unit command its own mount namespace, in which rename() between the two folders fails.
        argv = "nsenter", "-t", "1", "-m", "mv", "-T", "--", world.data / name, new / name
        status, output = world.processes.run(*argv, seconds=3600)
        if status == 0 and world.agent_user and world.redis_user:
            # The agent's user must be able to remove the files. Only Redis's files change their owner.
            owner = "--from={}:{} {}:{}".format(*world.redis_user, *world.agent_user).split()
            status, output = world.processes.run("chown", "-hR", *owner, new / name, seconds=600)
        if status != 0:
            later(world, f"the data cannot be set aside: {output}")
    end_set_aside(world)
    if not world.state.text(UNVERIFIED):
        world.state.remove(UNVERIFIED)
    for name in ("nodes.conf", "receipt", "aof-partial"):
        world.state.remove(name)


def end_set_aside(world: World) -> None:
    """Replaces aside/ by the files that were moved, unless aside/ has keys and they have none."""
    aside, new = world.state.child("aside"), world.state.child("aside.new")
    if world.state.has("aside") and holds_keys(aside) and not holds_keys(new):
        world.state.remove("aside.new")
    else:
        world.state.move("aside.new", world.state, "aside")


def holds_keys(data: Folder) -> bool:
    """Whether a generation may have keys, in its own files or in its kept/ folder."""
    return any(has_keys(folder) or folder.has(AOF) for folder in (data, kept(data)))
