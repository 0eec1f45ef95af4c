"""Chooses the master of a new replica. Replicas that boot together take turns, or all would choose the same master."""

from __future__ import annotations

import socket
from binascii import crc_hqx

import metadata
from facts import NoPermission, Refused, Unknown, fact
from membership import NO_FAILOVER, meet
from modules import lacking
from nodes import Node, covered
from preference import SAME, Master, compared, preferred
from report import elapsed, later, log, refuse, set_state
from resp import Info
from server_conf import misfit, version
from typed import is_ip, zone
from view import View, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Fact
    from join import Running
    from world import World

LOCK = "{redis-replica}:placement"
SLOT = crc_hqx(b"redis-replica", 0) % 16384
UNLOCK = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])"
# Seconds after which a lock expires.
LOCK_TTL = 30
# Without the lock: seconds of one turn, and the most turns to wait. All masters know a choice within a quarter turn.
TURN, TURNS = 2.0, 20
# Turns after which a node that does not choose is no longer waited for. On a loaded machine a choice takes up to three.
IDLE_TURNS = 4


def place(world: World, running: Running, view: View) -> None:
    """Chooses a master once it is this node's turn, and waits until every master lists this node as its replica."""
    owner = next((node.address for node in view.owners if node.alive and SLOT in covered(node)), "")
    answer = lock(world, owner, view.me)
    if answer == "held":
        later(world, "another instance chooses its master")
    if answer == "silent":
        later(world, f"the owner of the placement lock does not answer: {owner}")
    note = f"placement lock unavailable: {answer}" if isinstance(answer, Unknown) else ""
    try:
        if note:
            log(f"placement lock unavailable, choosing in node ID order instead: {answer}")
        follow(world, running, take_turn(world, running, bool(note)), note)
    finally:
        if answer == "taken":
            unlock(world, owner, view.me)


def lock(world: World, owner: str, me: str) -> str | Unknown:
    """Tries to set the lock: taken, held, silent, or Unknown with the reason that there is no lock.

    Asks only the slot's owner; never redirected. If it does not answer, another instance may hold the lock, or this one
    may have set it. Silence counts as no lock only after the time in which such a lock has ended.
    """
    if not owner:
        return Unknown("no live node owns its slot")
    # One request: between two requests the holder may release the lock.
    questions = ("SET", LOCK, me, "NX", "PX", f"{LOCK_TTL}000"), ("PTTL", LOCK), ("GET", LOCK)
    answer, left, holder = world.network.ask_all({owner: questions})[owner]
    # Replies arrive in order, so the last one that is needed is missing if any is.
    last = holder if answer is None else answer
    if isinstance(last, Unknown) and not isinstance(last, Refused):
        return "silent" if elapsed(world, "silent") < LOCK_TTL else last
    world.run.remove("silent")
    if answer == "OK":
        return "taken"
    if answer is not None:
        return answer if isinstance(answer, Unknown) else Unknown(f"{owner}: not an answer to SET")
    if isinstance(left, NoPermission):
        later(world, f"another instance may hold the placement lock, whose end is not known: {left}")
    # Instances set it for 30 seconds; one of any other origin might never end. -2: it has ended meanwhile.
    if isinstance(left, int) and left != -2 and not 0 <= left <= LOCK_TTL * 1000:
        return Unknown(f"{owner}: the lock was not set by an instance")
    # A lock that has ended since SET is as good as held: the next look tries again.
    if holder is not None and not isinstance(holder, str):
        return Unknown(f"its holder is not known: {holder}")
    # What is left of an interrupted run's lock must suffice for this one.
    return "taken" if holder == me and isinstance(left, int) and left > LOCK_TTL * 500 else "held"


def unlock(world: World, owner: str, me: str) -> None:
    """Ends the lock of this node; one that cannot be deleted ends by itself."""
    reply = world.network.ask(owner, "EVAL", UNLOCK, "1", LOCK, me)
    if isinstance(reply, Refused):
        # The error of a script does not name the command that was denied.
        set_state(world, "waiting", f"the placement lock is kept for {LOCK_TTL} s: EVAL with GET and DEL: {reply}")


def take_turn(world: World, running: Running, wait: bool) -> View:
    """Returns the view to choose from. If there is no lock (`wait`), waits for this node's turn first.

    Nodes without slots take turns in the order of their IDs. Each looks at the cluster again before it chooses.
    """
    # After this pause, the nodes that are joining see each other.
    world.clock.sleep(TURN / 2 * wait)
    ahead, skipped, idle = set[str](), set[str](), 0
    for _ in range(TURNS):
        view = look(world, running.own, running.me.id)
        bare = {node.id for node in view.nodes.values() if node.role == "bare" and node.alive and node.id < view.me}
        # A node that has no master although one after it has chosen may never choose; that is left to an operator.
        skipped |= {id for id in ahead if id < max(ahead - bare, default="")}
        idle = idle + 1 if bare - skipped == ahead else 0
        ahead = bare - skipped
        # The count keeps the turns apart when several nodes wait for the same one.
        if not wait or not ahead or idle > IDLE_TURNS + len(ahead):
            break
        world.clock.sleep(TURN)
    return view


def choose(world: World, view: View, address: str) -> Node | None:
    """The owner of this replica's shard, or of the shard in the settings; else the live owner that is preferred."""
    state, owner = view.owner()
    if state == "live" and view.role == "replica":
        return owner
    shard = world.settings.shard
    if shard:
        named = [view.nodes.get(answer.me.id) for answer in view.answers if answer.address == shard]
        node = next(filter(None, [*named, *view.at(shard)]), None)
        return node if not node or node.role == "owner" else view.nodes.get(node.master)
    networks, own = local_networks(), metadata.zone(world)
    answered = {answer.me.id for answer in view.answers}

    def seen(node: Node) -> Master:
        is_ipv4 = ":" not in node.host and is_ip(node.host)
        packed = int.from_bytes(socket.inet_aton(node.host), "little") if is_ipv4 else 0
        is_near = any(packed & mask == network for network, mask in networks)
        return Master(node.id, view.replicas(node, address), zone_of(world, view, node), node.id in answered, is_near)

    master = preferred([seen(node) for node in view.owners if node.alive and node.address], own)
    if master and compared(own, master.zone) == SAME:
        log(f"the master {view.nodes[master.id].address} is in the zone of this instance, {own}")
    return view.nodes[master.id] if master else None


def zone_of(world: World, view: View, node: Node) -> Fact:
    """The zone of a node at an address of the settings. That of any other node, such as a promoted one, is unknown."""
    zones = world.settings.zones
    places = {node.address, *(answer.address for answer in view.answers if answer.me.id == node.id)}
    # A node that names of several zones lead to has none.
    return fact(lambda: zone(" ".join({zones[place] for place in places if place in zones})))


def local_networks() -> list[tuple[int, int]]:
    """Networks without a gateway, which are in this Availability Zone: address and mask in the kernel's byte order."""
    with open("/proc/self/net/route") as file:
        rows = [row.split() for row in file.read().split("\n")[1:] if row]
    return [(int(row[1], 16), int(row[7], 16)) for row in rows if row[2] == "00000000" != row[7]]


def follow(world: World, running: Running, view: View, note: str) -> None:
    master = choose(world, view, running.address)
    if not master:
        later(world, "no master to replicate" + " in its shard" * bool(world.settings.shard))
    info = Info(world.network.ask(master.address, "INFO"))
    try:
        mine, theirs = version(running.info), version(info)
    except (Unknown, LookupError, ValueError) as error:
        later(world, f"the version of {master.address} is not known: {error}")
    text = misfit(mine, theirs, f"at {master.address}")
    if text:
        # Every attempt would cost the master a full sync, indefinitely.
        refuse(world, text, "version")
    text = lacking(running.info, info, master.address)
    if text:
        refuse(world, text, "modules")
    # This node has no data of the shard yet: it must not be elected before its first sync.
    world.command(*NO_FAILOVER, "yes")
    for _ in range(50):
        (reply,) = world.ask_here(("CLUSTER", "REPLICATE", master.id))
        # Retry until gossip has announced the master to this node.
        if not isinstance(reply, Refused) or "Unknown node" not in str(reply):
            break
        world.clock.sleep(0.2)
    if reply != "OK":
        later(world, f"CLUSTER REPLICATE {master.id}: {reply}")
    for _ in range(50):
        meet(world, view)
        lines = [voter.table.get(view.me) for voter in look(world, running.own, view.me).voters]
        if lines and all(line and line.master == master.id for line in lines):
            break
        world.clock.sleep(0.1)
    later(world, f"replica of {master.id}, first sync" + f"; {note}" * bool(note))
