"""The freshness proof: whether this node has not run since the clean shutdown that left this volume.

After a clean shutdown a receipt is written. It has the node's ID, the RDB's size and checksum, and for each master that
answers the time by that master's clock. It is deleted on disk before the next start. A volume that is restored twice
has its receipt both times. The second time it proves nothing: the masters have heard from the node since the receipt.
"""

from __future__ import annotations

from facts import NoPermission, fact, known
from typed import integer, node_id
from volume import rdb_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from view import View
    from world import World

# The longest time that a master may take to read a message from its socket, in milliseconds.
SLACK = 500


def parse(text: str) -> tuple[str, str, dict[str, int]]:
    """The node ID, the mark of the RDB, and the time by master; ValueError if the text is not a receipt."""
    (kind, me), (rdb, mark), *peers = (line.split(" ", 1) for line in text.splitlines())
    if (kind, rdb) != ("node", "rdb") or any(peer != "peer" for peer, _ in peers):
        raise ValueError("not a receipt")
    return node_id(me), mark, {node_id(rest[:40]): integer(rest[41:]) for _, rest in peers}


def write(world: World, view: View) -> str:
    """Writes the receipt after a clean shutdown. The caller has verified the save. Why masters deny their time."""
    peers = {voter.address: voter.me.id for voter in view.voters}
    lines = [f"node {view.me}", f"rdb {rdb_mark(world.data)}"]
    denials = []
    for address, (reply,) in world.network.ask_all({each: [("TIME",)] for each in peers}).items():
        ms = fact(lambda reply=reply: str(integer(known(reply)[0]) * 1000 + integer(reply[1]) // 1000))  # type: ignore[misc]
        if isinstance(ms, str):
            lines.append(f"peer {peers[address]} {ms}")
        elif isinstance(ms, NoPermission):
            denials.append(ms)
    world.state.write("receipt", "\n".join(lines) + "\n")
    return f"; the receipt lacks the time of masters: {denials[0]}" if denials else ""


def proof(world: World, view: View) -> bool:
    """Whether the receipt matches this node and its RDB, and is confirmed by the masters.

    At least half of the owners must know when they last heard from the node, and none may have heard from it since.
    """
    text = world.state.text("receipt")
    try:
        me, mark, times = parse(text)
    except ValueError:
        return False
    # Pong time 0: this master has met the node again since and has no earlier time, so it is no evidence.
    heard = [(pong, times[peer]) for peer, pong in view.pongs().items() if pong and peer in times]
    on_time = all(pong <= ms + SLACK for pong, ms in heard) and 2 * len(heard) >= len(view.owners) > 0
    return me == view.me and mark == rdb_mark(world.data) != "" and on_time
