"""The freshness proof: whether this volume is what the last life of this node left, with no other life since.

After Redis has ended cleanly, a receipt is written: the node's ID, the RDB's size and checksum, and the time by the
clock of each master that answers. It is deleted, on disk, before the next start. A volume that is restored twice brings
its receipt twice; but after the first life the masters have heard from the node after the receipt.
"""

from __future__ import annotations

from facts import fact
from typed import integer, node_id
from volume import rdb_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from view import View
    from world import World

# What a message may lie in a socket, in milliseconds.
SLACK = 500


def parse(text: str) -> tuple[str, str, dict[str, int]]:
    """The node, the mark of the RDB, and the masters' times; ValueError if it is none."""
    (kind, me), (rdb, mark), *peers = (line.split(" ", 1) for line in text.splitlines())
    if (kind, rdb) != ("node", "rdb") or any(peer != "peer" for peer, _ in peers):
        raise ValueError("not a receipt")
    return node_id(me), mark, {node_id(rest[:40]): integer(rest[41:]) for _, rest in peers}


def write(world: World, view: View) -> None:
    """After a clean end, whose save the caller has made sure of."""
    peers = {voter.address: voter.me.id for voter in view.voters}
    lines = [f"node {view.me}", f"rdb {rdb_mark(world.data)}"]
    for address, (reply,) in world.network.ask_all({each: [("TIME",)] for each in peers}).items():
        ms = fact(lambda reply=reply: str(integer(reply[0]) * 1000 + integer(reply[1]) // 1000))  # type: ignore[misc]
        if isinstance(ms, str):
            lines.append(f"peer {peers[address]} {ms}")
    world.state.write("receipt", "\n".join(lines) + "\n")


def proof(world: World, view: View) -> bool:
    """Whether the receipt is of this node and this RDB, and half of the owners have not heard from it since."""
    text = world.state.text("receipt")
    try:
        me, mark, times = parse(text)
    except ValueError:
        return False
    # 0: this master has met the node anew, and cannot tell.
    heard = [(pong, times[peer]) for peer, pong in view.pongs().items() if pong and peer in times]
    on_time = all(pong <= ms + SLACK for pong, ms in heard) and 2 * len(heard) >= len(view.owners) > 0
    return me == view.me and mark == rdb_mark(world.data) != "" and on_time
