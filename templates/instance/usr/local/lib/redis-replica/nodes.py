"""The lines of CLUSTER NODES and nodes.conf as typed nodes."""

from __future__ import annotations

import re

from typed import host, integer, plain

ID = "[0-9a-f]{40}"
# The address is bounded here and parsed separately: one pattern for both takes quadratic time for many colons.
LINE = re.compile(
    rf"^({ID}) (\S{{1,999}}) ([a-z?_,-]+) ({ID}|-) (\d+) (\d{{1,19}}) (\d+) ((?:dis)?connected)((?: \S+)*)$",
    re.ASCII | re.MULTILINE,
)
# An IPv6 address contains colons. A comma and a host name may follow the ports.
PLACE = re.compile(r"(?:(\S*):)?(\d+)(?:@(\d+))?(,\S*)?", re.ASCII)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple

    # ID, address, flags, master, ping, pong, epoch, link and slots: the unparsed fields of a line.
    Row = Tuple[str, str, str, str, str, str, str, str, str]


class Node:
    """One line. `master` is empty for a master, and for a replica without one. `slots` are ranges as text."""

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
    """The slots and ranges in a line. A migrating slot such as [93-<-ID] is left out: it belongs to its current owner.
    """
    return [word for word in slots.split() if word[0] != "[" and "=" not in word]


def ends(text: str) -> tuple[int, int]:
    """The first and the last slot of "5" or "5-9"."""
    first, _, last = text.partition("-")
    begin = integer(first, 0, 16383)
    return begin, integer(last, begin, 16383) if last else begin


def covered(node: Node | None) -> set[int]:
    """The set of slots of a node."""
    return {slot for begin, end in map(ends, node.slots if node else ()) for slot in range(begin, end + 1)}


class Table:
    """An answer to CLUSTER NODES, as rows by ID. IDs are unique, and exactly one row has the flag `myself`.

    The form of all lines is checked at once. A row is parsed to a Node only on request: of hundreds of answers with
    hundreds of lines, few rows are needed.
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
        """None if the row has a value out of bounds."""
        try:
            return Node(row)
        except ValueError:
            return None

    def nodes(self) -> list[Node]:
        return [Node(row) for row in self.rows.values()]


def parse_nodes(text: str) -> list[Node]:
    return Table(text).nodes()


def is_whole(text: str) -> bool:
    """Whether a nodes.conf is complete: exactly one line has `myself`, and the last line has the epochs."""
    lines = text.rstrip("\n").split("\n")
    own = ["myself" in (line + "   ").split(" ")[2] for line in lines]
    last = re.fullmatch(r"vars currentEpoch \d+ lastVoteEpoch \d+", lines[-1])
    return sum(own) == 1 and text[-1:] == "\n" and bool(last)
