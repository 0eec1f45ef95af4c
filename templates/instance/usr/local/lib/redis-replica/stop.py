"""A stop of Redis: hands over the slots, saves the data, and writes a receipt."""

from __future__ import annotations

from contextlib import suppress

import announcement
import promoted_aof
import receipt
from facts import NoPermission, Refused, Unknown, known
from report import Leave, log, waiting
from resp import Info
from server_conf import window
from trouble import how_to_end
from typed import integer, is_ip
from view import NODES, look
from volume import Own, read_own, read_rdb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

# The bounds of the time that a stop may take, in seconds, and the least bytes of memory that a save writes per second.
LEAST, MOST, RATE = 120, 1800, 20 << 20
# A file of world.run: what of a stop the access control list has denied.
DENIED = "denied"
# How far behind a replica may be to take over the slots, in bytes and in seconds.
BYTES, LAG = 65536, 1


def stop(world: World, pid: int) -> None:
    """Runs before systemd stops the process `pid`. 0 means that Redis has already ended by itself: no receipt then."""
    if not pid:
        return None
    # Wait for a running look to end. The next looks leave the append-only file alone.
    with suppress(Leave, OSError), world.lock(20):
        world.run.write("stopping", "")
    try:
        role, answer = (known(reply) for reply in world.ask_here(("ROLE",), ("INFO",)))
        is_master = {"master": True, "slave": False}[role[0]]
    except (Unknown, LookupError, TypeError) as error:
        log(f"Redis does not answer before the stop, so no receipt will be written: {error}")
        return denied(world, "no receipt", error)
    info = Info(answer)
    why = hand_over(world, info) if is_master else ""
    if why:
        log(f"no hand-over: {why}")
        denied(world, "no hand-over", why)
    how, deadline = how_to_end(world, info), world.clock.uptime() + patience(info)
    if not is_master or not is_kept(world, info):
        # Redis does not shut down while it writes its first append-only file.
        with suppress(OSError):
            world.state.write(promoted_aof.PARTIAL, "")
        world.ask_here(("CONFIG", "SET", "appendonly", "no"))
    while True:
        (moment,) = world.ask_here(("TIME",))
        # Redis that is loading ends without a save.
        if isinstance(moment, list) and info.get("loading") == "0" and how == "SAVE":
            # A receipt is written only for a save that starts after this moment, by the server's clock.
            world.run.write("stopping", str(moment[0]))
        denied(world, "no receipt", moment)
        (reply,) = world.ask_here(("SHUTDOWN", how), seconds=max(1, deadline - world.clock.uptime()))
        if world.processes.ended(pid, 2):
            return None
        world.run.write("stopping", "")
        log(f"Redis did not save and end: {reply}")
        if isinstance(reply, NoPermission):
            # The agent's user may not end it. systemd sends SIGTERM, at which Redis saves.
            return denied(world, "no receipt", reply)
        # If the answer was lost, the save may still be running. Only an error shows that it failed.
        if isinstance(reply, Refused) and is_kept(world, Info(world.ask_here(("INFO",))[0])):
            world.ask_here(("SHUTDOWN", "NOSAVE"))
            if world.processes.ended(pid, 10):
                return None
        if world.clock.uptime() >= deadline:
            log("the stop has timed out: Redis is killed, and unsaved data is lost")
            return world.processes.kill(pid)
        world.clock.sleep(5)


def denied(world: World, effect: str, answer: object) -> None:
    """Keeps for the state after the stop that an answer was a denial, and what it has prevented."""
    if isinstance(answer, NoPermission) and effect not in world.run.text(DENIED):
        world.run.write(DENIED, f"{world.run.text(DENIED)}; {effect}: {answer}")


def is_kept(world: World, info: Info) -> bool:
    """Whether data that cannot be saved is still in the append-only file, or on the live master of a replica."""
    if info.get("role") == "slave":
        return info.get("master_link_status") == "up"
    writes = info.get("aof_enabled") == "1" and info.get("aof_last_write_status") == "ok"
    return promoted_aof.is_complete(world) and writes


def patience(info: Info) -> float:
    """How long the stop may take, in seconds."""
    try:
        return min(MOST, max(LEAST, save_time(info)))
    except (LookupError, ValueError):
        return MOST


def save_time(info: Info) -> float:
    """How long a save may take, in seconds, from the memory in use and the duration of the last save.

    ValueError before the first save: rdb_last_bgsave_time_sec is -1.
    """
    return max(2 * info.number("rdb_last_bgsave_time_sec"), info.number("used_memory") / RATE)


def hand_over(world: World, info: Info, least: float = 0) -> str | NoPermission:
    """A promoted node hands its slots over to a replica in sync. Writes stall for some hundredths of a second.

    It must have owned slots for `least` seconds. Returns why no replica was asked; empty if one was.
    """
    now = world.clock.uptime()
    # Soon after a promotion the masters would deny their votes, and writes would stall.
    least = max(least, window(world))
    if now - float(world.run.text("promoted") or now) < least:
        return f"this node was promoted less than {least:g} s ago"
    (nodes,) = world.ask_here(NODES)
    own = Own(nodes if isinstance(nodes, str) else "")
    # With a password, most masters must name a server that gets it.
    view = look(world, own, own.id)
    # Any client can pose as a replica. Only the cluster's own are asked.
    listed = {node.address for node in own.nodes.values() if node.master == own.id and node.alive}
    # The masters of the settings do not run on spot instances. The master of before may have handed over for a reason.
    # Those given by name are known by what answers there.
    named = (answer.me.address for answer in view.answers if answer.configured)
    masters = {*world.settings.masters, *named}
    before = own.nodes.get(world.run.text("followed"))
    is_before = {before.address} if before else set()
    copies = sorted(listed.intersection(in_sync(info)), key=lambda copy: (copy not in masters, copy in is_before, copy))
    denials = []
    for copy in copies:
        reply = world.network.ask(copy, "CLUSTER", "FAILOVER")
        log(f"handing over to {copy}: {reply}")
        if isinstance(reply, NoPermission):
            denials.append(reply)
            continue
        for _ in range(50):
            (role,) = world.ask_here(("ROLE",))
            if isinstance(role, list) and role[:1] == ["slave"]:
                log(f"handed over to {copy}")
                return ""
            world.clock.sleep(0.1)
        log(f"{copy} did not take over")
    if not copies:
        return "no replica is in sync"
    return denials[0] if len(denials) == len(copies) else ""


def in_sync(info: Info) -> list[str]:
    """The addresses of the replicas that a master's INFO lists as online and hardly behind."""
    found = []
    for name, value in info.fields.items():
        part = dict(item.partition("=")[::2] for item in value.split(","))
        if name[:5] == "slave" and part.get("state") == "online" and is_ip(part.get("ip", "")):
            with suppress(LookupError, ValueError):
                behind = info.number("master_repl_offset") - integer(part["offset"])
                if behind <= BYTES and integer(part["lag"]) <= LAG:
                    found.append(f"{part['ip']}:{integer(part['port'], 1, 65535)}")
    return found


def stopped(world: World, result: str, status: str) -> None:
    """Runs after Redis has ended. After a clean end with a save, writes the receipt. After a failure, records the cause
    and marks the data for a check."""
    if not world.run.has("started"):
        return
    begun, detail, lacking = world.run.text("stopping"), "", world.run.text(DENIED)
    for name in ("started", "stopping", "since", DENIED):
        world.run.remove(name)
    if result == "success":
        own, rdb = read_own(world), read_rdb(world.data)
        if begun and own.id and rdb and not rdb.damage and rdb.saved >= integer(begun):
            lacking += receipt.write(world, look(world, own, own.id))
        # Redis that is held back was stopped for a reason.
        detail = world.run.text("ended") if world.run.has("hold") else announcement.interruption(world)
    else:
        from trouble import exit_cause, journal

        detail = exit_cause(journal(world)) or f"{result} {status}"
        world.run.write("ended", detail)
        world.run.write("failures", world.run.text("failures") + ".")
        if status != "KILL":
            world.run.write("failed", "")
    waiting(world, f"Redis has ended{detail and ': '}{detail}{lacking}", detail)
