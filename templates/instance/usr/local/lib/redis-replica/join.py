"""Brings a running Redis to a replica in sync that every master lists. Each look at the cluster takes one step."""

from __future__ import annotations

import announcement
import membership
import metrics
import placement
import promoted_aof
import rotation
from decide import BEHIND, JOIN, decide_join
from facts import Closed, NoPermission, Unknown, fact, known, settle
from report import LATER, REFUSED, Leave, done, elapsed, later, report
from resp import Info
from server_conf import window
from typed import plain
from view import NODES, View, look
from volume import Own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Known
    from resp import Reply
    from world import World


# Seconds without progress of an offset that is behind the master's, after which the replication link is reset.
RELINK = 60


def join_within(world: World, seconds: float) -> int:
    """Repeats step() at growing intervals until in sync or promoted. Returns 10 when time is up, 20 if refused."""
    deadline, pause = world.clock.uptime() + seconds, 0.2
    while True:
        try:
            step(world)
            return 0
        except Leave as leave:
            if leave.code != LATER or world.clock.uptime() >= deadline:
                return leave.code
        world.clock.sleep(pause)
        pause = min(pause * 1.2, 3)


class Running:
    """The Redis on this machine, from its own replies."""

    def __init__(self, nodes: Reply, info: Info) -> None:
        self.info, self.own = info, Own(str(nodes))
        if not self.own.me:
            raise ValueError("not an answer to CLUSTER NODES")
        self.me = self.own.me
        self.is_linked = info.get("master_link_status") == "up"
        # The address that this Redis announces; peers may have another machine's address for its ID.
        self.address = self.me.address


def step(world: World) -> None:
    """Takes one step. Returns if the node is in sync or promoted; else exits with 10 or 20."""
    if world.run.has("refused"):
        raise Leave(REFUSED)
    with world.lock(60):
        try:
            take(world)
        finally:
            rotation.request(world)
            # At every look, so that the time of the report shows that the agent runs.
            metrics.write(world)


def take(world: World) -> None:
    nodes, info = world.ask_here(NODES, ("INFO",))
    rotation.update(world, Info(info))
    metrics.note_save(world, Info(info))
    running = read_running(world, nodes, info)
    promoted_aof.update(world, running)
    membership.bar_moved(world, running)
    if running.me.role == "replica" and (not running.is_linked or world.run.has("flushed")):
        from trouble import protect_flushed

        protect_flushed(world, running)
    view = look(world, running.own, running.me.id)
    rotation.complete(world, running, view)
    membership.forget_predecessors(world, view, running.address)
    facts = gather(world, running, view)
    action, why = settle(decide_join, facts, JOIN)
    note = announcement.notes(world)
    if action == "hand-over":
        from stop import hand_over

        kept = hand_over(world, running.info, announcement.respite(world))
        if not kept:
            announcement.answer(world)
            raise Leave(LATER)
        note += f"; no hand-over: {kept}"
        action, why = settle(decide_join, {**facts, "announced": "no"}, JOIN)
    act(world, running, view, action, why, note)


def read_running(world: World, nodes: Reply, answer: Reply) -> Running:
    info = Info(answer)
    if info.get("loading") == "1":
        later(world, "Redis is loading its data", f"load:{info.get('loading_loaded_bytes')}")
    if isinstance(nodes, Closed):
        # `prepare` and `stopped` report why Redis does not run.
        raise Leave(LATER)
    try:
        running = Running(known(nodes), Info(known(answer)))
    except (Unknown, ValueError) as error:
        later(world, f"Redis does not answer: {plain(error)}")
    ip = world.run.text("address").strip()
    running.address = f"{ip}:{world.settings.port}" if ip else running.address
    return running


def gather(world: World, running: Running, view: View) -> Known:
    """The facts that decide_join() needs."""
    role, is_up = running.me.role, running.is_linked
    master = view.nodes.get(running.me.master)
    if is_up:
        world.run.remove("since")
    if role == "replica" and view.quorum and (not master or master.role != "owner"):
        role = "lost"
    return {
        "own": role,
        "duplicate_id": membership.twin(world, view, running.address, running.info),
        "quorum": fact(lambda: view.quorum),
        "listed": view.listed(running.me.master if role == "replica" else ""),
        "aof": fact(lambda: promoted_aof.is_complete(world)),
        "link": "up" if is_up else "down",
        "owner": view.owner()[0],
        "waited": fact(lambda: not is_up and elapsed(world, "since") >= window(world)),
        "synced": fact(lambda: is_up and synced(world, master.address if master else "")),
        "bus": fact(lambda: membership.bus_answers(view, running.own)),
        "announced": fact(lambda: announcement.is_unanswered(world)),
    }


def synced(world: World, master: str) -> bool:
    """Whether this replica has applied all writes up to its master's offset, in the same replication history."""
    # Ask the master first: its offset grows while this replica is asked. REPLCONF without options changes nothing. A
    # master that denies it gets no acknowledgements, and closes the link again and again.
    answer, may_acknowledge = world.network.ask_all({master: [("INFO", "replication"), ("REPLCONF",)]})[master]
    if isinstance(may_acknowledge, NoPermission):
        raise may_acknowledge
    theirs = Info(answer)
    mine = Info(world.ask_here(("INFO", "replication"))[0])
    # Offsets of different histories cannot be compared. After a fallback to SYNC the offset is -1.
    if mine["master_replid"] != theirs["master_replid"] or mine["slave_repl_offset"] == "-1":
        return False
    return mine.number("slave_repl_offset") >= theirs.number("master_repl_offset")


def relink(world: World, running: Running, view: View) -> str:
    """Makes Redis reconnect to its master if its offset makes no progress in the master's replication history. The
    reason if the agent may not do so.

    After a fallback to SYNC, for example due to NOAUTH, the replica has a history of its own and never catches up.
    """
    master = view.nodes.get(running.me.master)
    theirs = Info(world.network.ask(master.address if master else "", "INFO", "replication")).get("master_replid")
    is_same = theirs in ("", running.info.get("master_replid"))
    offset = running.info.get("slave_repl_offset") if is_same else ""
    if elapsed(world, "behind", offset) < RELINK:
        return ""
    (reply,) = world.ask_here(("CLIENT", "KILL", "TYPE", "master"))
    if isinstance(reply, NoPermission):
        return f"; the link cannot be closed: {reply}"
    world.run.remove("behind")
    return ""


def act(world: World, running: Running, view: View, action: str, why: str, note: str) -> None:
    me = running.me
    if action == "leave":
        membership.leave(world)
    if action == "meet":
        refused = membership.meet(world, view)
        if refused:
            later(world, f"CLUSTER MEET: {refused}")
        later(world, "joining: not every master lists this node yet")
    if action == "replicate" and me.role == "replica":
        # This may be the only copy of the data. `prepare` decides at the next start: follow, set aside or refuse.
        import trouble

        error = trouble.rejection(trouble.end_replica(world))
        if error:
            # Redis logs why a save failed, but not what it denies.
            text = "" if isinstance(error, NoPermission) else trouble.exit_cause(trouble.journal(world))
            later(world, f"the master of this replica owns no slots, and Redis here does not end: {text or error}")
        later(world, "the master of this replica owns no slots: starting again")
    if action == "replicate":
        placement.place(world, running, view)
    if action == "promoted":
        membership.keep_nodes_conf(world)
        done(world, "promoted", f"{me.id} owns slots{note}{rotation.notes(world)}")
    if action == "healthy":
        membership.verify(world, view.nodes[me.master])
        membership.settle_in(world, running, view)
        listed = f"{me.id} is a replica of {me.master}, listed by every master that answers"
        done(world, "in sync", listed + note + rotation.notes(world))
    if action in ("later", "report"):
        import trouble

        if action == "report":
            report(world, f"{why}; local data was last updated at {trouble.last_update(world, running.info)}")
        if view.quorum and me.role == "replica" and not running.is_linked:
            trouble.wait_for_link(world, running, view, why)
        if why == BEHIND:
            note = relink(world, running, view)
            text = trouble.rejected_psync(trouble.attempts(world, running.info, every=True))
            why = (f"{why}: {text}" if text else why) + note
        later(world, why if view.quorum else f"{why}: {view.reason}")
