"""Which master a new replica follows. Replicas that boot together would all choose the same, so they take turns."""

from __future__ import annotations

import socket
from binascii import crc_hqx

from facts import Refused, Unknown
from membership import NO_FAILOVER, meet
from nodes import Node, covered
from report import later, log, refuse
from resp import Info
from server_conf import can_read, show, version
from typed import is_ip
from view import View, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from join import Running
    from world import World

LOCK = "{redis-replica}:placement"
SLOT = crc_hqx(b"redis-replica", 0) % 16384
UNLOCK = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])"
# Seconds of one turn without the lock: a choice is known to all masters within a quarter of it. And turns waited for.
TURN, TURNS = 2.0, 15


def place(world: World, running: Running, view: View) -> None:
    """Chooses a master, with a view taken when it is this node's turn, and follows it until every master knows."""
    owner = next((node.address for node in view.owners if SLOT in covered(node)), "")
    answer = lock(world, owner, view.me)
    if answer == "held":
        later(world, "another instance chooses its master")
    try:
        if isinstance(answer, Unknown):
            log(f"no lock for the choice of a master: {answer}")
        follow(world, running, take_turn(world, running, isinstance(answer, Unknown)))
    finally:
        if answer == "taken":
            world.network.ask(owner, "EVAL", UNLOCK, "1", LOCK, view.me)


def lock(world: World, owner: str, me: str) -> str | Unknown:
    """taken, held, or why there is none. Asked of the owner of its slot by its address, never by a redirection."""
    if not owner:
        return Unknown("the owner of its slot is not known")
    answer = world.network.ask(owner, "SET", LOCK, me, "NX", "PX", "30000")
    if answer == "OK":
        return "taken"
    if answer is not None:
        return answer if isinstance(answer, Unknown) else Unknown(f"{owner}: not an answer to SET")
    holder = world.network.ask(owner, "GET", LOCK)
    if not isinstance(holder, str):
        return Unknown(f"its holder is not known: {holder}")
    return "taken" if holder == me else "held"


def take_turn(world: World, running: Running, wait: bool) -> View:
    """Without the lock: nodes without slots choose in the order of their IDs, a turn each, looking again before."""
    # Whoever has joined by now is seen by all, and sees this node.
    world.clock.sleep(TURN / 2 * wait)
    for turn in range(TURNS):
        view = look(world, running.own, running.me.id)
        ahead = sum(node.role == "bare" and node.alive and node.id < view.me for node in view.nodes.values())
        # One that never takes its turn is an operator's.
        if not wait or ahead == 0 or turn > ahead:
            break
        world.clock.sleep(TURN)
    return view


def choose(world: World, view: View, address: str) -> Node | None:
    """The owner of this replica's shard, or of that in the settings; else of the live owners that answer here the one
    with the fewest replicas, at a tie in another subnet, and then the first by ID."""
    state, owner = view.owner()
    if state == "live" and view.role == "replica":
        return owner
    shard = world.settings.shard
    if shard:
        said = [view.nodes.get(answer.me.id) for answer in view.answers if answer.address == shard]
        node = next(filter(None, [*said, *view.at(shard)]), None)
        return node if not node or node.role == "owner" else view.nodes.get(node.master)
    networks = local_networks()

    answered = {answer.me.id for answer in view.answers}

    def cost(node: Node) -> tuple[bool, int, bool, str]:
        is_ipv4 = ":" not in node.host and is_ip(node.host)
        packed = int.from_bytes(socket.inet_aton(node.host), "little") if is_ipv4 else 0
        is_near = any(packed & mask == network for network, mask in networks)
        return node.id not in answered, view.replicas(node, address), is_near, node.id

    return min((node for node in view.owners if node.alive and node.address), key=cost, default=None)


def local_networks() -> list[tuple[int, int]]:
    """Networks that are reached without a gateway, and so are in this zone: address and mask as the kernel has them."""
    with open("/proc/self/net/route") as file:
        rows = [row.split() for row in file.read().split("\n")[1:] if row]
    return [(int(row[1], 16), int(row[7], 16)) for row in rows if row[2] == "00000000" != row[7]]


def follow(world: World, running: Running, view: View) -> None:
    master = choose(world, view, running.address)
    if not master:
        later(world, "no master to replicate" + " in its shard" * bool(world.settings.shard))
    try:
        mine, theirs = version(running.info), version(Info(world.network.ask(master.address, "INFO")))
    except (Unknown, LookupError, ValueError) as error:
        later(world, f"the version of {master.address} is not known: {error}")
    if not can_read(mine, theirs):
        # It would load the master with full syncs without end.
        text = f"{show(mine)} cannot replicate from {show(theirs)} at {master.address}: install {show(theirs)} or newer"
        refuse(world, text, "version")
    # What it has now means nothing to another shard: not electable before the first sync.
    world.command(*NO_FAILOVER, "yes")
    for _ in range(50):
        (reply,) = world.ask_here(("CLUSTER", "REPLICATE", master.id))
        # Until gossip has brought the master here.
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
    later(world, f"replica of {master.id}, first sync")
