"""From a running Redis to a replica in sync that every master lists: one look, one step."""

from __future__ import annotations

import membership
import placement
import protection
from decide import BEHIND, JOIN, decide_join
from facts import Refused, Unknown, fact, known, settle
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


# Seconds of an offset that does not reach the master's, after which the link is made anew.
RELINK = 60


def join_within(world: World, seconds: float) -> int:
    """Looks again and again, less and less often, until in sync or promoted; 10 when the time is up, 20 if refused."""
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
    """The Redis on this machine, by its own word."""

    def __init__(self, nodes: Reply, info: Info) -> None:
        self.info, self.own = info, Own(str(nodes))
        if not self.own.me:
            raise ValueError("not an answer to CLUSTER NODES")
        self.me = self.own.me
        # As it announces itself; peers may have another machine's.
        self.address = self.me.address


def step(world: World) -> None:
    """Returns if all is well, else leaves with 10 or 20."""
    if world.run.has("refused"):
        raise Leave(REFUSED)
    with world.lock(60):
        running = read_running(world, *world.ask_here(NODES, ("INFO",)))
        protection.update(world, running)
        membership.bar_moved(world, running)
        view = look(world, running.own, running.me.id)
        membership.forget_predecessors(world, view, running.address)
        action, why = settle(decide_join, gather(world, running, view), JOIN)
        act(world, running, view, action, why)


def read_running(world: World, nodes: Reply, answer: Reply) -> Running:
    info = Info(answer)
    if info.get("loading") == "1":
        later(world, "Redis is loading its data", info.get("loading_loaded_bytes"))
    if isinstance(nodes, Refused) and "Connection refused" in str(nodes):
        # Why it does not run is for `prepare` and `stopped` to say.
        raise Leave(LATER)
    try:
        running = Running(known(nodes), Info(known(answer)))
    except (Unknown, ValueError) as error:
        later(world, f"Redis does not answer: {plain(error)}")
    ip = world.run.text("address").strip()
    running.address = f"{ip}:{world.settings.port}" if ip else running.address
    return running


def gather(world: World, running: Running, view: View) -> Known:
    """What decide_join() asks for."""
    role, is_up = running.me.role, running.info.get("master_link_status") == "up"
    master = view.nodes.get(running.me.master)
    if is_up:
        world.run.remove("since")
    if role == "replica" and view.quorum and (not master or master.role != "owner"):
        role = "lost"
    return {
        "own": role,
        "twin": membership.twin(world, view, running.address, running.info.number("uptime_in_seconds")),
        "quorum": fact(lambda: view.quorum),
        "listed": view.listed(running.me.master if role == "replica" else ""),
        "aof": fact(lambda: protection.is_complete(world)),
        "link": "up" if is_up else "down",
        "owner": view.owner()[0],
        "waited": fact(lambda: not is_up and elapsed(world, "since") >= window(world)),
        "synced": fact(lambda: is_up and synced(world, master.address if master else "")),
        "bus": fact(lambda: membership.bus_answers(view, running.own)),
    }


def synced(world: World, master: str) -> bool:
    """Whether this replica has applied what its master had written when it was asked, in one replication history."""
    # The master first: this replica cannot have what was written since.
    theirs = Info(world.network.ask(master, "INFO", "replication"))
    mine = Info(world.ask_here(("INFO", "replication"))[0])
    # Another history's offsets cannot be compared; -1 is that of a sync that fell back to SYNC.
    if mine["master_replid"] != theirs["master_replid"] or mine["slave_repl_offset"] == "-1":
        return False
    return mine.number("slave_repl_offset") >= theirs.number("master_repl_offset")


def relink(world: World, running: Running, view: View) -> None:
    """Has Redis connect anew where its offset does not come closer to its master's.

    A sync that fell back to SYNC, as after NOAUTH, has a history of its own, whose offset grows and never catches up.
    """
    master = view.nodes.get(running.me.master)
    theirs = Info(world.network.ask(master.address if master else "", "INFO", "replication")).get("master_replid")
    is_same = theirs in ("", running.info.get("master_replid"))
    offset = running.info.get("slave_repl_offset") if is_same else ""
    if elapsed(world, "behind", offset) >= RELINK:
        world.run.remove("behind")
        world.ask_here(("CLIENT", "KILL", "TYPE", "master"))


def act(world: World, running: Running, view: View, action: str, why: str) -> None:
    me = running.me
    if action == "leave":
        membership.leave(world)
    if action == "meet":
        membership.meet(world, view)
        later(world, "joining: not every master lists this node yet")
    if action == "replicate" and me.role == "replica":
        # What it holds may be the only copy: the decision before a start follows, sets aside or refuses.
        world.ask_here(("SHUTDOWN", "SAVE"), seconds=60)
        later(world, "the master of this replica owns no slots: starting again")
    if action == "replicate":
        placement.place(world, running, view)
    if action == "promoted":
        membership.keep_nodes_conf(world)
        done(world, "promoted", f"{me.id} owns slots")
    if action == "healthy":
        membership.settle_in(world, running, view)
        done(world, "in sync", f"{me.id} is a replica of {me.master}, listed by every master")
    if action in ("later", "report"):
        import trouble

        if action == "report":
            report(world, f"{why}; local data was last updated at {trouble.last_update(world, running.info)}")
        if view.quorum and me.role == "replica" and running.info.get("master_link_status") != "up":
            trouble.wait_for_link(world, running, view, why)
        if why == BEHIND:
            relink(world, running, view)
        later(world, why if view.quorum else f"{why}: {view.reason}")
