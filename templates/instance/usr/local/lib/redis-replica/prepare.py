"""Runs before each start of Redis: decides whether it may start and how, and writes its configuration."""

from __future__ import annotations

import os
from binascii import crc32

import installed
import metadata
import promoted_aof
import rotation
from candidate import Candidate
from decide import OLDER, START, decide_start
from facts import Unknown, settle
from nodes_conf import rebuild
from report import LATER, REFUSED, Leave, later, log, refuse, waiting
from server_conf import knows_zones, node_timeout, render
from volume import AOF, KEPT, UNVERIFIED, keep_rdb, kept, set_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

# After this many failed starts in a row, each further start is delayed by PAUSE seconds.
FAILURES, PAUSE = 5, 15


def prepare(world: World) -> None:
    """Returns if Redis may start now or runs already; else exits with 10 or 20."""
    runs = world.runs()
    if runs == "yes":
        return log("Redis is already running: nothing to prepare")
    if runs != "no":
        later(world, f"it is not known whether Redis is running: {runs}")
    # A look that began before Redis ended must not change the Redis that starts now.
    with world.lock(120):
        if world.run.has("refused"):
            raise Leave(REFUSED)
    pause(world)
    if world.settings["DATA_VOLUME"]:
        from disk import mount

        mount(world)
    install(world)
    world.data.make()
    installed.check(world)
    if world.network.login:
        from credentials import bring

        bring(world)
    try:
        start(world)
    finally:
        rotation.request(world)


def start(world: World) -> None:
    """Decides how Redis starts, and writes what it reads."""
    ip, instance = metadata.identity(world)
    if not ip:
        later(world, f"no private IP yet: {instance}")
    if not isinstance(instance, str) and "{instance-id}" in world.settings["ANNOUNCE_HOSTNAME"]:
        later(world, f"no host name yet: {instance}")
    if world.settings.zones or knows_zones(world):
        metadata.keep_zone(world)
    candidate = Candidate(world, f"{ip}:{world.settings.port}", instance)
    action, accepted = decide(world, candidate)
    timeout = node_timeout(world, candidate.view)
    carry_out(world, candidate, action, accepted)
    for name in ("accepted", "since", "failed", "flushed"):
        world.run.remove(name)
    if isinstance(instance, str):
        world.state.write("instance-id", f"{instance}\n")
    world.run.write("redis.conf", render(world, ip, timeout, world.data.has(AOF)))
    world.run.write("address", f"{ip}\n")
    if world.network.login:
        world.run.write(rotation.LOADED, world.network.login.version)
    # On a blank volume, nodes that had this address before never return. Later they may be listed without an address.
    here = [node.id for node in candidate.view.at(candidate.address)] if candidate.data == "empty" else []
    world.run.write("predecessors", " ".join(here))
    ended = world.run.text("ended")
    waiting(world, "Redis is starting" + (f"; it last ended with: {ended}" if ended else ""), ended)
    # The receipt must be deleted on disk before Redis can serve again. Last, since a start that fails before needs it.
    world.state.remove("receipt")
    return world.run.write("started", "")


def install(world: World, anew: bool = False) -> None:
    """Runs install.sh if the server is missing, for example after a reboot during installation, or if `anew` is set."""
    if not world.root and (anew or not os.access(f"{world.bin}/redis-server", os.X_OK)):
        status, output = world.processes.run("bash", "/usr/local/lib/redis-replica/install.sh", seconds=7200)
        if status != 0:
            log(output[-1000:])
            # After several failures each further attempt, with its downloads, is delayed.
            world.run.write("failures", world.run.text("failures") + ".")
            raise Leave(status or LATER)


def pause(world: World) -> None:
    """Delays a start after repeated failures: a failed full sync loads the master, a failed start fills the journal."""
    until = float(world.run.text("hold") or 0) - world.clock.uptime()
    seconds = max(min(until, 60), PAUSE * (len(world.run.text("failures")) >= FAILURES))
    world.run.remove("hold")
    if seconds > 0:
        log(f"the next start is in {seconds:.0f} s; Redis last ended with: {world.run.text('ended')}")
        world.clock.sleep(seconds)


def decide(world: World, candidate: Candidate) -> tuple[str, bool]:
    """Returns an action that starts Redis, and whether an operator accepted it; exits if it is later or refuse."""
    view, facts = candidate.view, candidate.gather()
    action, why = settle(decide_start, facts, START)
    refusal = f"{crc32(f'{why} {candidate.key}'.encode()):08x}"
    accepted = action == "refuse" and world.run.text("accepted") == refusal
    if accepted:
        action, why = settle(decide_start, {**facts, "accepted": "yes"}, START)
    roles = f"nodes.conf role: {facts['own']}, cluster view: {view.role}, owner of its shard: {view.owner()[0]}"
    if action == "later":
        later(world, why if view.quorum else f"{why}: {view.reason}")
    why = f"{why}: {candidate.misfit}" if why == OLDER else why
    if action == "refuse":
        keep_rdb(world)
        refuse(world, why, refusal, [roles, *candidate.evidence()])
    log(f"{roles}: {action}")
    return action, accepted


def carry_out(world: World, candidate: Candidate, action: str, accepted: bool) -> None:
    data, own, view = world.data, candidate.own, candidate.view
    serves, text = action[:5] == "serve", "" if action == "fresh" else own.text
    # A node that the cluster lists keeps its ID, even if its data cannot be used.
    anew = action == "fresh" and view.seen or serves and not (own.role == "owner" and candidate.whole)
    if anew or action == "follow":
        owner = view.owner()[1] if action == "follow" else None
        try:
            text = rebuild(world, view, candidate.address, candidate.me if serves else owner.id if owner else "")
        except (Unknown, LookupError, ValueError) as error:
            later(world, f"nodes.conf cannot be rebuilt: {error}")
    if action == "fresh":
        log(f"the data is set aside in {world.state / 'aside'}")
        set_aside(world)
    # A master that was compared may come back empty before the first sync. An earlier mark stays as it is.
    has_keys = keep_rdb(world)
    if has_keys and action in ("start", "follow") and not accepted and not world.state.has(UNVERIFIED):
        world.state.write(UNVERIFIED, "")
    elif has_keys and action == "follow" and accepted and sum(map(kept(data).has, KEPT)) == 1:
        # The only RDB that is kept is the one that an operator has decided on.
        world.state.remove(UNVERIFIED)
    # Left over from interrupted syncs and saves.
    for name in os.listdir(data.path):
        if name[:5] == "temp-" and name[-4:] == ".rdb":
            data.remove(name)
    if action == "follow" and candidate.damaged():
        log("the RDB is damaged: it is kept as kept/damaged.rdb")
        with data.as_owner():
            data.move("dump.rdb", kept(data), "damaged.rdb")
    if action != "serve-aof":
        # A receipt proves the state of the RDB, not of the append-only file. nodes.conf is written later: after an
        # interruption its role must still say whether to keep the file.
        promoted_aof.put_away(world, own.role)
    elif data.has(AOF):
        with data.as_owner():
            os.chmod(data / AOF, 0o750)
    if text:
        # The agent's user reads this file as a member of Redis's group.
        data.write("nodes.conf", text, 0o640)
