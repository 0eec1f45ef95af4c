"""This node in the cluster: known to all, once, under one ID, and electable only when it may be."""

from __future__ import annotations

from facts import Refused, Unknown, fact
from nodes import is_whole
from report import later, refuse
from resp import Info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Fact
    from join import Running
    from view import View
    from volume import Own
    from world import World

NO_FAILOVER = "CONFIG", "SET", "cluster-replica-no-failover"
# Seconds that a look may take.
LOOK = 10
TWIN = "another machine answers with the ID of this node"


def twin(world: World, view: View, address: str, uptime: int = -1) -> Fact:
    """Whether another machine answers with this node's ID, and has run for longer than `uptime` seconds.

    One that refuses the connection, or has another ID, does not; nor one that is silent and that every peer which names
    it has called failed for ten seconds.
    """
    claims = view.elsewhere(address)
    result: Fact = "no"
    questions = dict.fromkeys(claims, [("CLUSTER", "MYID"), ("INFO", "server")])
    for place, (identity, info) in world.network.ask_all(questions).items():
        if identity == view.me:
            theirs = fact(lambda info=info: str(Info(info).number("uptime_in_seconds")))  # type: ignore[misc]
            if isinstance(theirs, Unknown) and uptime >= 0:
                result = theirs
            elif uptime < 0 or is_later(int(str(theirs)) - uptime, address > place):
                return "yes"
        elif isinstance(identity, Unknown) and not is_nobody(identity, claims[place]):
            result = Unknown(f"the cluster has the ID of this node at another address, too; {identity}")
    return result


def is_later(older: int, is_second: bool) -> bool:
    """Whether this node leaves, where the other is so much older; of two of one age the one with the second address.

    The two ages are not read at one moment, but within one look.
    """
    return is_second if abs(older) <= LOOK else older > 0


def is_nobody(answer: Unknown, gone: bool) -> bool:
    """Whether no server is where none answered: the machine refuses the connection, or peers call it gone."""
    return "Connection refused" in str(answer) or gone and not isinstance(answer, Refused)


def leave(world: World) -> None:
    """Ends Redis here; systemd does not start it again while the refusal stands."""
    world.run.write("refused", f"{TWIN}\n")
    for how in ("SAVE", "NOSAVE"):
        world.ask_here(("SHUTDOWN", how), seconds=30)
        (reply,) = world.ask_here(("PING",))
        if "Connection refused" in str(reply):
            refuse(world, TWIN, "twin")
    # Looks go on.
    world.run.remove("refused")
    later(world, f"{TWIN}, and Redis here does not end: {reply}")


def meet(world: World, view: View) -> None:
    """Every master; one would do, but gossip takes seconds."""
    nodes = [node for node in view.owners if node.address]
    world.ask_here(*[("CLUSTER", "MEET", node.host, str(node.port), str(node.bus)) for node in nodes])


def forget_predecessors(world: World, view: View, address: str) -> None:
    """Nodes that were at this node's own address before it, whose volume is blank: they never return.

    All nodes are told at once: one that is not would bring them back by gossip.
    """
    if not view.quorum or not view.seen or not view.seen.alive or view.seen.address != address:
        return
    before = world.run.text("predecessors").split()
    nodes = [view.nodes[identity] for identity in before if identity in view.nodes]
    gone = [node for node in nodes if node.address in ("", address) and "fail" in node.flags]
    forget = [("CLUSTER", "FORGET", node.id) for node in gone if node.role != "owner"]
    if forget:
        places = [node.address for node in view.nodes.values() if node.alive and node.address]
        world.network.ask_all(dict.fromkeys(places, forget))


def bus_answers(view: View, own: Own) -> bool:
    """Whether a pong of each master that lists this node has come back: by that way votes are asked for."""
    lines = [own.nodes.get(peer) for peer in view.pongs()]
    return all(node and node.pong and not {"fail", "fail?"} & set(node.flags) for node in lines)


def bar_moved(world: World, running: Running) -> None:
    """A replica that was given to another shard keeps the old one's history until its first sync: not electable."""
    moved = running.me.role == "replica" and world.run.text("followed") not in ("", running.me.master)
    if moved and "nofailover" not in running.me.flags:
        world.command(*NO_FAILOVER, "yes")


def settle_in(world: World, running: Running, view: View) -> None:
    """What is kept for the next start, and permission to be elected again."""
    world.run.remove("promoted")
    world.run.write("followed", running.me.master)
    world.state.write("seeds", "".join(sorted(f"{node.address}\n" for node in view.owners if node.address)))
    keep_nodes_conf(world)
    if world.settings["FAILOVER"] == "allowed" and "nofailover" in running.me.flags:
        world.command(*NO_FAILOVER, "no")


def keep_nodes_conf(world: World) -> None:
    """The last-known-good copy."""
    text = world.data.text("nodes.conf")
    if is_whole(text):
        world.state.write("nodes.conf", text)
