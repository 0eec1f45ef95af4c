"""A nodes.conf for this node, from what a live peer says."""

from __future__ import annotations

from resp import Info
from typed import node_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nodes import Node
    from view import View
    from world import World


def rebuilt(view: View, address: str, owner: str, epoch: int, shards: dict[str, str]) -> str:
    """The nodes that the quorum has, this one at `address`: a replica of `owner`, or the owner itself, or bare if that
    is empty.

    `shards` has shard IDs by master; Redis refuses a replica of another one than its master's. Nodes in handshake or
    without address are nobody's, and slots that are on the move belong to the peer.
    """

    def line(node: Node | None, flags: str, master: str, place: str, bus: int, slots: bool) -> str:
        identity = node.id if node else view.me
        shard = shards.get(master or identity)
        aux = f",,shard-id={shard}" if shard else ""
        port = int(place.rpartition(":")[2])
        words = [identity, f"{place}@{bus or port + 10000}{aux}", flags, master or "-"]
        # No ping and no pong is from this node itself: Redis would take it for one of this moment.
        words += ["0", "0", str(node.epoch if node else 0), "connected", *(node.slots if node and slots else ())]
        return " ".join(words) + "\n"

    lines = [
        line(node, ",".join(flag for flag in node.flags if flag != "myself"), node.master, node.address, node.bus, True)
        for node in view.nodes.values()
        if node.id != view.me and node.address and "handshake" not in node.flags
    ]
    me, serves = view.seen, owner == view.me
    flags = "myself,slave" if owner and not serves else "myself,master"
    lines.append(line(me, flags, "" if serves else owner, address, me.bus if me else 0, serves))
    # No vote in an epoch that is known: this node may have given one that it has forgotten.
    return "".join(lines) + f"vars currentEpoch {epoch} lastVoteEpoch {epoch}\n"


def rebuild(world: World, view: View, address: str, owner: str) -> str:
    """The same, with the epoch and the shard IDs that the peers tell; of those that are away, the own file's.

    Raises Unknown, LookupError or ValueError where a peer does not tell.
    """
    chosen = view.chosen.address if view.chosen else ""
    live = {node.address: node for node in view.nodes.values() if node.alive and node.address and node.id != view.me}
    commands = [("CLUSTER", "INFO"), ("CLUSTER", "MYID"), ("CLUSTER", "MYSHARDID")]
    replies = world.network.ask_all(dict.fromkeys([*live, chosen], commands))
    shards = {node.master or node.id: node.shard for node in view.own.nodes.values() if node.shard}
    for place, node in live.items():
        _, identity, shard = replies[place]
        if identity == node.id and isinstance(shard, str):
            shards[node.master or node.id] = node_id(shard)
    return rebuilt(view, address, owner, Info(replies[chosen][0]).number("cluster_current_epoch"), shards)
