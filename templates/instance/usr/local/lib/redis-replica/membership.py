"""This node's membership of the cluster: listed by every master, under a unique ID, and electable only when in sync."""

from __future__ import annotations

from functools import partial

from facts import Closed, NoPermission, Refused, Unknown, fact, known
from login import AGREED
from nodes import covered, is_whole
from report import later, refuse, report
from resp import Info
from staleness import is_stale
from volume import KEPT, UNVERIFIED, kept, last_known_good, read_rdb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Fact
    from join import Running
    from nodes import Node
    from view import View
    from volume import Own
    from world import World

NO_FAILOVER = "CONFIG", "SET", "cluster-replica-no-failover"
# The longest time that one look at the cluster takes, in seconds.
LOOK = 10
TWIN = "another machine answers with the ID of this node"
UPTIME = "uptime_in_seconds"


def twin(world: World, view: View, address: str, running: Info | None = None) -> Fact:
    """Whether another machine answers with this node's ID and has run for longer than the `running` server here.

    The answer is no for a machine that refuses the connection or has another ID. It is also no for a machine that does
    not answer and that every peer listing it has flagged as failed for ten seconds.
    """
    claims = view.elsewhere(address)
    result: Fact = "no"
    questions = dict.fromkeys(claims, [("CLUSTER", "MYID"), ("INFO", "server")])
    for place, (identity, info) in world.network.ask_all(questions).items():
        if identity == view.me:
            if not running:
                return "yes"
            # An uptime is negative after the clock was set back.
            older = fact(lambda info=info: str(Info(info).number(UPTIME) - running.number(UPTIME)))  # type: ignore[misc]
            if isinstance(older, Unknown):
                result = older
            elif is_later(int(older), address > place):
                return "yes"
        elif isinstance(identity, Unknown) and not is_gone(identity, claims[place]):
            result = Unknown(f"the cluster has the ID of this node at another address, too; {identity}")
    return result


def is_later(older: int, is_second: bool) -> bool:
    """Whether this node started later than its twin, which is `older` seconds older, and so has to leave.

    The two uptimes are read at different moments of one look. If they are that close, the node with the higher address
    (`is_second`) leaves.
    """
    return is_second if abs(older) <= LOOK else older > 0


def is_gone(answer: Unknown, is_failed: bool) -> bool:
    """Whether no server runs at an address: it refuses the connection, or is silent and flagged as failed by peers."""
    return isinstance(answer, Closed) or is_failed and not isinstance(answer, Refused)


def leave(world: World) -> None:
    """Stops Redis on this machine. It is not started again until an operator clears the refusal."""
    from trouble import how_to_end

    for how in (how_to_end(world, Info(world.ask_here(("INFO",))[0])), "NOSAVE"):
        (reply,) = world.ask_here(("SHUTDOWN", how), seconds=20)
        # Refused only now: a refusal ends all looks, so none would stop a Redis that still runs.
        if world.runs() == "no":
            refuse(world, TWIN, "twin")
    later(world, f"{TWIN}, and Redis here does not end: {reply}")


def meet(world: World, view: View) -> Refused | None:
    """Meets every master, and returns the error if Redis meets none.

    One would be enough, but gossip takes seconds to reach the others.
    """
    nodes = [node for node in view.owners if node.address]
    replies = world.ask_here(*[("CLUSTER", "MEET", node.host, str(node.port), str(node.bus)) for node in nodes])
    refused = [reply for reply in replies if isinstance(reply, Refused)]
    return refused[0] if refused and len(refused) == len(replies) else None


def forget_predecessors(world: World, view: View, address: str) -> None:
    """Forgets the nodes that had this node's address before. Its volume was blank, so they never return.

    CLUSTER FORGET goes to all nodes at once: a node that is left out would restore them by gossip.
    """
    if not view.quorum or not view.seen or not view.seen.alive or view.seen.address != address:
        return
    before = world.run.text("predecessors").split()
    nodes = [view.nodes[identity] for identity in before if identity in view.nodes]
    gone = [node for node in nodes if node.address in ("", address) and "fail" in node.flags]
    forget = [("CLUSTER", "FORGET", node.id) for node in gone if node.role != "owner"]
    if forget:
        places = [node.address for node in view.nodes.values() if node.alive and node.address]
        replies = world.network.ask_all(dict.fromkeys(places, forget)).values()
        denied = next((reply for each in replies for reply in each if isinstance(reply, NoPermission)), None)
        if denied:
            later(world, f"the node that was at this address before cannot be forgotten: {denied}")


def bus_answers(view: View, own: Own) -> bool:
    """Whether each master that lists this node has answered a ping on the cluster bus, which also carries votes."""
    lines = [own.nodes.get(peer) for peer in view.pongs()]
    return all(node and node.pong and not {"fail", "fail?"} & set(node.flags) for node in lines)


def bar_moved(world: World, running: Running) -> None:
    """Bars a replica that was moved to another shard from elections until its first sync there."""
    moved = running.me.role == "replica" and world.run.text("followed") not in ("", running.me.master)
    if moved and "nofailover" not in running.me.flags:
        world.command(*NO_FAILOVER, "yes")


def verify(world: World, owner: Node) -> None:
    """Once in sync after a start: whether the master holds less than an RDB that was kept before."""
    if not world.state.has(UNVERIFIED):
        return
    answer, keys = world.network.ask_all({owner.address: [("INFO", "replication"), ("DBSIZE",)]})[owner.address]
    folder, found = kept(world.data), world.state.text(UNVERIFIED)
    if not found:
        # A replica that was moved by hand has another shard's data: no history of the new one has it.
        before = last_known_good(world).shard_slots
        moved = bool(before) and before.isdisjoint(covered(owner))

        def lacks(name: str) -> str | bool:
            rdb, info = read_rdb(folder, name), Info(known(answer))
            # A history does not change shards. A master can change all its slots.
            if rdb and moved and rdb.id not in (info["master_replid"], info["master_replid2"]):
                return rdb.has_keys
            return is_stale(rdb, info, keys)

        less = {name: fact(partial(lacks, name)) for name in KEPT}
        for name, each in less.items():
            if each not in ("yes", "no"):
                later(world, f"the master cannot be compared with {folder / name}: {each}")
        # The newest first.
        found = " ".join(sorted((name for name in KEPT if less[name] == "yes"), key=folder.time, reverse=True))
    if found:
        world.state.write(UNVERIFIED, found)
        # A mark of an earlier release has another text.
        files = [folder / name for name in found.split() if name in KEPT] or [folder / KEPT[0]]
        mark = world.state / UNVERIFIED
        reason = (
            f"the master holds less data than {' and '.join(files)}; if the master's data is correct, remove {mark}; "
            f"otherwise stop the master, restore it from {files[0]}, and remove {mark}"
        )
        report(world, reason)
    world.state.remove(UNVERIFIED)


def settle_in(world: World, running: Running, view: View) -> None:
    """Stores what the next start needs, and allows elections again."""
    world.run.remove("promoted")
    world.run.write("followed", running.me.master)
    seeds = sorted(f"{node.address}\n" for node in view.owners if node.address)
    world.state.write("seeds", "".join(seeds))
    if world.network.login:
        # Only these get the password after the next start.
        world.state.write(AGREED, "".join(seed for seed in seeds if seed.strip() in world.network.login.agreed))
    keep_nodes_conf(world)
    barred = "nofailover" in running.me.flags
    if barred == (world.settings["FAILOVER"] == "allowed"):
        world.command(*NO_FAILOVER, "no" if barred else "yes")


def keep_nodes_conf(world: World) -> None:
    """Updates the last-known-good copy of nodes.conf."""
    text = world.data.text("nodes.conf")
    if is_whole(text):
        world.state.write("nodes.conf", text)
