"""CLUSTER NODES, and nodes.conf, as typed nodes."""

from __future__ import annotations

import re

from typed import host, integer, plain

ID = "[0-9a-f]{40}"
# The address apart, and bounded: a long one of many colons would be tried in as many ways as it has letters, squared.
LINE = re.compile(
    rf"^({ID}) (\S{{1,999}}) ([a-z?_,-]+) ({ID}|-) (\d+) (\d+) (\d+) ((?:dis)?connected)((?: \S+)*)$",
    re.ASCII | re.MULTILINE,
)
# An IPv6 address has colons of its own; after the ports come, if anything, a comma and a host name.
PLACE = re.compile(r"(?:(\S*):)?(\d+)(?:@(\d+))?(,\S*)?", re.ASCII)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple

    # ID, address, flags, master, ping, pong, epoch, link and slots, as the line has them.
    Row = Tuple[str, str, str, str, str, str, str, str, str]


class Node:
    """One line. `master` is empty of a master, and where the line names none; `slots` are ranges as they stand."""

    __slots__ = ("bus", "epoch", "flags", "host", "id", "linked", "master", "ping", "pong", "port", "shard", "slots")

    def __init__(self, line: str | Row) -> None:
        found = LINE.fullmatch(line) if isinstance(line, str) else None
        row = found.groups() if found else line
        if isinstance(row, str):
            raise ValueError(f"not a line of CLUSTER NODES: {plain(row, 80)}")
        self.id, at, flags, master, ping, pong, epoch, link, slots = row
        place = PLACE.fullmatch(at)
        if not place:
            raise ValueError(f"not an address of CLUSTER NODES: {plain(at, 80)}")
        name, port, bus, more = place.groups()
        self.host = host(name) if name else ""
        self.port, self.bus = integer(port, 0, 65535), integer(bus or "0", 0, 65535)
        self.flags = flags.split(",")
        self.master = "" if master == "-" else master
        self.ping, self.pong, self.epoch = integer(ping), integer(pong), integer(epoch)
        self.linked = link == "connected"
        self.slots = tuple(word for word in owned(slots) if ends(word))
        shard = re.search(f",shard-id=({ID})", more or "")
        self.shard = shard[1] if shard else ""

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}" if self.host and self.port else ""

    @property
    def role(self) -> str:
        """owner, bare (a master without slots) or replica."""
        return "replica" if "slave" in self.flags else "owner" if self.slots else "bare"

    @property
    def alive(self) -> bool:
        return "myself" in self.flags or self.linked and not {"fail", "noaddr", "handshake"} & set(self.flags)


def owned(slots: str) -> list[str]:
    """[93-<-ID]: a slot on the move belongs to whoever has it now."""
    return [word for word in slots.split() if word[0] != "[" and "=" not in word]


def ends(text: str) -> tuple[int, int]:
    """The first and the last slot of "5" or "5-9"."""
    first, _, last = text.partition("-")
    begin = integer(first, 0, 16383)
    return begin, integer(last, begin, 16383) if last else begin


def covered(node: Node | None) -> set[int]:
    """The slots of a node, one by one."""
    return {slot for begin, end in map(ends, node.slots if node else ()) for slot in range(begin, end + 1)}


class Table:
    """An answer to CLUSTER NODES, as rows by ID: exactly one is of the node that answered, and each is there once.

    The form of all lines is checked at once; a row becomes a Node when it is asked for, since of hundreds of answers of
    hundreds of lines only a few are.
    """

    def __init__(self, text: str) -> None:
        rows: list[Row] = LINE.findall(text)
        self.rows = {row[0]: row for row in rows}
        mine = [row for row in rows if "myself" in row[2].split(",")]
        lines = [line for line in text.split("\n") if line]
        if len(rows) != len(lines):
            wrong = next(line for line in lines if not LINE.fullmatch(line))
            raise ValueError(f"not a line of CLUSTER NODES: {plain(wrong, 80)}")
        if len(mine) != 1 or len(self.rows) != len(rows):
            raise ValueError("not an answer to CLUSTER NODES: an ID or `myself` is not there exactly once")
        self.me = Node(mine[0])

    def get(self, identity: str) -> Node | None:
        return self.node(self.rows[identity]) if identity in self.rows else None

    @staticmethod
    def node(row: Row) -> Node | None:
        """None where it has a value out of bounds."""
        try:
            return Node(row)
        except ValueError:
            return None

    def nodes(self) -> list[Node]:
        return [Node(row) for row in self.rows.values()]


def parse_nodes(text: str) -> list[Node]:
    return Table(text).nodes()


def is_whole(text: str) -> bool:
    """Whether Redis wrote a nodes.conf to its end: one node is this one, and the epochs come last."""
    lines = text.rstrip("\n").split("\n")
    own = ["myself" in (line + "   ").split(" ")[2] for line in lines]
    last = re.fullmatch(r"vars currentEpoch \d+ lastVoteEpoch \d+", lines[-1])
    return sum(own) == 1 and text[-1:] == "\n" and bool(last)
