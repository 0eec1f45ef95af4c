"""Finds in Redis's log why the replication link is down or why Redis ended, and throttles failing full syncs."""

from __future__ import annotations

import os
import re
import time

from facts import Closed, Refused, Unknown
from membership import NO_FAILOVER
from report import later
from resp import Info
from server_conf import saves
from typed import plain
from volume import has_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from join import Running
    from resp import Reply
    from view import View
    from world import World

# After this many failed full syncs of one process, only one every HOLD seconds is tried, until one succeeds.
ATTEMPTS, HOLD = 5, 60
# With less free space than this, in bytes, a disk counts as full.
LITTLE = 64 << 20


def journal(world: World, match: str = "_SYSTEMD_UNIT=redis-replica.service") -> list[str]:
    """Redis's log lines of the last two minutes."""
    argv = "journalctl", match, "--since=-2min", "--lines=500", "--output=cat", "--quiet"
    text = "" if world.root else world.processes.run(*argv, seconds=5)[1]
    return [line for line in text.split("\n") if line.strip() and line[:15] != "redis-replica: "]


# Redis logs these as warnings, but they are not errors.
HARMLESS = re.compile(
    "Cluster state changed|lection|ailover|configEpoch|secondary replication ID|User requested shutdown|ready to exit"
    "|rying to shut ?down|can't exit|Received SIG|# WARNING|Diskless rdb|Error accepting a client"
    # What Redis 7.0 logs at each start.
    "|is starting|version=|Configuration loaded|Server initialized"
)
# Redis writes master, and Valkey primary.
CONNECTING = re.compile("onnecting to (?:MASTER|PRIMARY)")
# Over two connections (repl-rdb-channel, the default of Redis 8), a full sync begins with another line.
FULL_SYNC = re.compile("Full resync from (?:master|primary)|PSYNC is not possible, initialize RDB channel")
# A warning: the master has denied a partial resync.
PSYNC = "reply to PSYNC"
SYNCED, FLUSHED = "sync: Finished with success", "Flushing old data"


def warnings(lines: list[str]) -> list[str]:
    """Redis's warnings without the prefix of process, role and time: "13:S 28 Nov 2026 21:00:00.000 # text"."""
    return [plain(line.partition(" # ")[2]) for line in lines if " # " in line and not HARMLESS.search(line)]


def cause(lines: list[str]) -> str:
    """The first warning of the last connection attempt with a warning. Later ones are only consequences."""
    attempts = CONNECTING.split("\n".join(lines))
    return next((found[0] for found in (warnings(each.split("\n")) for each in reversed(attempts)) if found), "")


def exit_cause(lines: list[str]) -> str:
    """Why Redis ended, from its log: the directive that it rejects, or its last warning."""
    # A directive's value may be a secret, and all users can read the state.
    log = re.sub(r"(?m)^>>> '(\S+) .*", r">>> '\1 ...'", "\n".join(lines))
    log = re.sub("(?<=operation )'[^']*'", "'...'", log)
    refused = log.partition("FATAL CONFIG FILE ERROR")[2].split("\n")[1:4]
    last = warnings(log.split("\n"))[-2:] or [""]
    # "Fatal error loading the DB" has no cause; the warning before it does.
    return plain(" ".join(refused)) or " ".join(last if last[-1].startswith("Fatal error") else last[-1:])


def wait_for_link(world: World, running: Running, view: View, why: str) -> None:
    """Reports why the link of a replica is down, and throttles it where its full syncs fail."""
    lines = attempts(world, running.info)
    # Asked after the log was read: a sync that began during this look is in the log, and has not failed.
    info = Info(world.ask_here(("INFO",))[0])
    if info.get("master_sync_in_progress") not in ("0", "1") or info.get("master_link_status") == "up":
        return
    text, is_syncing = cause(lines), info.get("master_sync_in_progress") == "1"
    failed = sum(bool(FULL_SYNC.search(line)) for line in lines) - is_syncing
    read, total = (plain(info.get(f"master_sync_{name}_bytes"), 20) for name in ("read", "total"))
    # Redis sends SYNC after a rejected PSYNC, which the master may deny as well: nothing is received then.
    if is_syncing and failed <= 0 and (read != "0" or PSYNC not in text):
        # A master that sends its memory rather than a file does not know how much it will be.
        size = [read, *([total] if total != "0" else [])]
        later(world, f"full sync under way: {' of '.join(size)} bytes", f"sync:{read}")
    master = view.nodes.get(running.me.master)
    if failed > 0:
        text = f"{failed} full syncs have failed: {text}"
        if master and re.search("I/O error|onnection|imeout", text):
            limit = world.network.ask(master.address, "CONFIG", "GET", "client-output-buffer-limit")
            text += f"; {master.address}: {plain(limit)}"
    disk = os.statvfs(world.data.path)
    if "rite error" in text and disk.f_bavail * disk.f_frsize < LITTLE:
        text += f"; No space left for the data: {disk.f_bavail * disk.f_frsize >> 20} MB are free"
    # Without a live master this may be the only copy, and the one to be elected.
    if failed >= (1 if world.run.has("throttled") else ATTEMPTS) and view.owner()[0] == "live":
        error = hold_back(world, text)
        text += f"; Redis does not end: {error}" if error else ""
    later(world, f"{why}: {text}" if text else why)


def rejected_psync(lines: list[str]) -> str:
    """Why the last attempt was without PSYNC, for example due to NOPERM. What SYNC brings has no offset to compare."""
    last = CONNECTING.split("\n".join(lines))[-1].split("\n")
    return next((text for text in warnings(last) if PSYNC in text), "")


def attempts(world: World, info: Info, every: bool = False) -> list[str]:
    """Redis's log lines after the last full sync that succeeded, or `every` line of the last minutes."""
    pid = info.get("process_id")
    lines = journal(world, f"_PID={pid}") if pid.isdecimal() else journal(world)
    last = -1 if every else max((index for index, line in enumerate(lines) if SYNCED in line), default=-1)
    return lines[last + 1 :]


def protect_flushed(world: World, running: Running) -> None:
    """Bars a replica without data from elections and saves, after a failed full sync that had deleted its data.

    If it were elected, its master would follow it and delete its own data. The RDB on disk is what the sync received.
    """
    if running.is_linked:
        world.command("CONFIG", "SET", "save", saves(world.run.text("redis.conf")))
        world.run.remove("flushed")
    elif is_emptied(world, running.info) or any(FLUSHED in line for line in attempts(world, running.info)):
        world.run.write("flushed", "")
        if "nofailover" not in running.me.flags:
            world.command(*NO_FAILOVER, "yes")
        world.command("CONFIG", "SET", "save", "")


def hold_back(world: World, text: str) -> Refused | None:
    """Stops Redis for a minute. It would retry every second, and its master would fork each time. An error if it does
    not end."""
    world.run.write("throttled", "")
    world.run.write("hold", f"{world.clock.uptime() + HOLD:.0f}")
    world.run.write("ended", text)
    return rejection(end_replica(world)) and rejection(end_replica(world, "NOSAVE"))


def how_to_end(world: World, info: Info) -> str:
    """SAVE; but NOSAVE where the RDB on disk may be all there is: a failed sync has deleted what was in memory."""
    is_flushed = world.run.has("flushed") and is_cut(info) and has_keys(world.data)
    return "NOSAVE" if is_flushed or is_emptied(world, info) else "SAVE"


def is_cut(info: Info) -> bool:
    """Whether this is a replica without a link that is not loading either."""
    return info.get("role") == "slave" and info.get("master_link_status") != "up" and info.get("loading") == "0"


def is_emptied(world: World, info: Info) -> bool:
    """Whether a replica without a link has no keys in memory, but some on disk. Its log may not have the reason."""
    # A full sync that flushes also drops the history, and the offset is then 1. A replica with a history is empty since
    # its master was: the last keys were deleted or have expired since the last save.
    has_history = info.get("slave_repl_offset") not in ("", "0", "1")
    is_empty = not any(name[:2] == "db" for name in info.fields)
    return is_cut(info) and is_empty and not has_history and has_keys(world.data)


def rejection(replies: list[Reply]) -> Refused | None:
    """The error with which Redis answers SHUTDOWN if it does not end."""
    (reply,) = replies
    return reply if isinstance(reply, Refused) and not isinstance(reply, Closed) else None


def end_replica(world: World, how: str = "") -> list[Reply]:
    """Stops Redis, but not if it was elected since the look began: it would then have the only copy of new writes."""
    role, info = world.ask_here(("ROLE",), ("INFO",))
    if isinstance(role, Unknown):
        later(world, f"Redis is not stopped, since its role is not known: {plain(role)}")
    name = role[0] if isinstance(role, list) and role else role
    if name != "slave":
        later(world, f"Redis is not stopped: its role is {plain(name, 20)}")
    return world.ask_here(("SHUTDOWN", how or how_to_end(world, Info(info))), seconds=60)


def last_update(world: World, info: Info) -> str:
    """When this replica last heard from its master since Redis started, else when its RDB was written."""
    try:
        return utc(world.clock.now() - info.number("master_link_down_since_seconds"))
    except (Unknown, LookupError, ValueError):
        return utc(world.data.time("dump.rdb")) if world.data.has("dump.rdb") else "an unknown time"


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
