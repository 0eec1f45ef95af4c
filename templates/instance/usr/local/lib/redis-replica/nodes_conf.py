"""Rebuilds nodes.conf for this node from the cluster view of a live peer."""

from __future__ import annotations

from contextlib import suppress

from facts import NoPermission
from resp import Info
from typed import node_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nodes import Node
    from view import View
    from world import World


def rebuilt(view: View, address: str, owner: str, epoch: int, shards: dict[str, str]) -> str:
    """A nodes.conf with the nodes that the quorum lists, and this node at `address`.

    This node becomes a replica of `owner`, or the owner itself, or bare if `owner` is empty. `shards` has shard IDs by
    master: Redis rejects a replica whose shard ID differs from its master's. Nodes in handshake or without an address
    are left out, and so are the states of migrating slots.
    """

    def line(node: Node | None, flags: str, master: str, place: str, bus: int, slots: bool) -> str:
        identity = node.id if node else view.me
        shard = shards.get(master or identity)
        aux = f",,shard-id={shard}" if shard else ""
        port = int(place.rpartition(":")[2])
        words = [identity, f"{place}@{bus or port + 10000}{aux}", flags, master or "-"]
        # Do not copy the peer's ping and pong times: Redis would take them for its own recent ones.
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
    # lastVoteEpoch is the current epoch: this node may have voted in it already, and must not vote twice.
    return "".join(lines) + f"vars currentEpoch {epoch} lastVoteEpoch {epoch}\n"


def rebuild(world: World, view: View, address: str, owner: str) -> str:
    """The same, with the epoch and shard IDs that the peers report. Shard IDs of absent peers come from the own file.

    Raises Unknown, LookupError or ValueError if the chosen peer does not report the epoch, or one may not be asked.
    """
    chosen = view.chosen.address if view.chosen else ""
    live = {node.address: node for node in view.nodes.values() if node.alive and node.address and node.id != view.me}
    commands = [("CLUSTER", "INFO"), ("CLUSTER", "MYID"), ("CLUSTER", "MYSHARDID")]
    replies = world.network.ask_all(dict.fromkeys([*live, chosen], commands))
    shards = {node.master or node.id: node.shard for node in view.own.nodes.values() if node.shard}
    for place, node in live.items():
        _, identity, shard = replies[place]
        for reply in (identity, shard):
            # Without its shard ID, Redis 7.2 would take this replica for a node of another shard.
            if isinstance(reply, NoPermission):
                raise reply
        if identity == node.id and isinstance(shard, str):
            # A malformed one is as good as none: it must not keep this node from its start.
            with suppress(ValueError):
                shards[node.master or node.id] = node_id(shard)
    return rebuilt(view, address, owner, Info(replies[chosen][0]).number("cluster_current_epoch"), shards)
