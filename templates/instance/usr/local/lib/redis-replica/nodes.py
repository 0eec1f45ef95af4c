"""The lines of CLUSTER NODES and nodes.conf as typed nodes."""

from __future__ import annotations

import re

from typed import host, integer, plain

ID = "[0-9a-f]{40}"
# The times of ping and pong in a line, below 2^63 ms; then a line without them, in which `connected` is there once.
TIMES = re.compile(r" (\d{1,18}) (\d{1,18}) (?=\d+ (?:dis)?connected\b)", re.ASCII)
# The address is bounded here and parsed separately: one pattern for both takes quadratic time for many colons.
LINE = re.compile(
    rf"({ID}) (\S{{1,999}}) ([a-z?_,-]+) ({ID}|-) (\d+) ((?:dis)?connected)((?: (?!(?:dis)?connected\b)\S+)*)", re.ASCII
)
# An IPv6 address contains colons. A comma and a host name may follow the ports.
PLACE = re.compile(r"(?:(\S*):)?(\d+)(?:@(\d+))?(,\S*)?", re.ASCII)


class Line:
    """A line of the right form, without its times. Its fields are text that may be out of bounds."""

    __slots__ = ("at", "claim", "epoch", "flags", "id", "link", "master", "slots")

    def __init__(self, text: str) -> None:
        found = LINE.fullmatch(text)
        if not found:
            raise ValueError(f"not a line of CLUSTER NODES: {plain(text, 80)}")
        self.id, self.at, flags, self.master, self.epoch, self.link, slots = found.groups()
        self.flags, self.slots = flags.split(","), tuple(owned(slots))
        # The slots that a master claims, with its ID.
        self.claim = (self.id, self.slots) if self.slots and "slave" not in self.flags else None


class Node:
    """One line. `master` is empty for a master, and for a replica without one. `slots` are ranges as text."""

    __slots__ = ("bus", "epoch", "flags", "host", "id", "linked", "master", "ping", "pong", "port", "shard", "slots")

    def __init__(self, line: Line, ping: str, pong: str) -> None:
        place = PLACE.fullmatch(line.at)
        if not place:
            raise ValueError(f"not an address of CLUSTER NODES: {plain(line.at, 80)}")
        name, port, bus, more = place.groups()
        self.id = line.id
        self.host = host(name) if name else ""
        self.port, self.bus = integer(port, 0, 65535), integer(bus or "0", 0, 65535)
        self.flags = line.flags
        self.master = "" if line.master == "-" else line.master
        self.ping, self.pong, self.epoch = integer(ping), integer(pong), integer(line.epoch)
        self.linked = line.link == "connected"
        self.slots = tuple(word for word in line.slots if ends(word))
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
    """The slots and ranges in a line. A migrating slot such as [93-<-ID] is left out: it belongs to its owner."""
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
    """An answer to CLUSTER NODES, as lines by ID. IDs are unique, and exactly one line has the flag `myself`.

    Hundreds of masters answer with the same hundreds of lines, except for the times: `parsed` has the lines of other
    answers. A line becomes a Node only on request.
    """

    def __init__(self, text: str, parsed: dict[str, Line] | None = None) -> None:
        parsed = {} if parsed is None else parsed
        self.text = f"\n{text}"
        timeless, count = TIMES.subn(" ", text)
        texts = [line for line in timeless.split("\n") if line]
        for line in set(texts) - parsed.keys():
            parsed[line] = Line(line)
        lines = [parsed[line] for line in texts]
        self.lines = {line.id: line for line in lines}
        mine = [line for line in lines if "myself" in line.flags]
        if len(mine) != 1 or not len(self.lines) == len(lines) == count:
            raise ValueError("not an answer to CLUSTER NODES: an ID, times or `myself` are not there exactly once")
        self.me = self.node(mine[0])

    def node(self, line: Line) -> Node:
        """ValueError if a value is out of bounds."""
        times = TIMES.search(self.text, self.text.index(f"\n{line.id} "))
        return Node(line, *times.groups() if times else ("", ""))

    def get(self, identity: str) -> Node | None:
        """None if the node is not listed, or a value is out of bounds."""
        try:
            return self.node(self.lines[identity])
        except (KeyError, ValueError):
            return None

    def nodes(self) -> list[Node]:
        times = TIMES.findall(self.text)
        return [Node(line, ping, pong) for line, (ping, pong) in zip(self.lines.values(), times)]

    @property
    def last_pong(self) -> int:
        return max(int(pong) for _, pong in TIMES.findall(self.text))


def parse_nodes(text: str) -> list[Node]:
    return Table(text).nodes()


def is_whole(text: str) -> bool:
    """Whether a nodes.conf is complete: exactly one line has `myself`, and the last line has the epochs."""
    lines = text.rstrip("\n").split("\n")
    own = ["myself" in (line + "   ").split(" ")[2] for line in lines]
    last = re.fullmatch(r"vars currentEpoch \d+ lastVoteEpoch \d+", lines[-1])
    return sum(own) == 1 and text[-1:] == "\n" and bool(last)
