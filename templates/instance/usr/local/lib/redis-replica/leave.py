"""Stops Redis in time before an announced interruption, and starts it again if the instance was not interrupted.

Runs at every look of watch.py while an interruption is announced, and once it is withdrawn.
"""

from __future__ import annotations

import announcement
from decide import LEAVE, decide_leave
from facts import fact, known, settle
from folder import Folder
from report import UNIT, log
from resp import Info
from stop import RATE, save_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Known
    from world import World

# Seconds between the end of the stop and the interruption. A hand-over and the receipt take some of them.
MARGIN = 30
# A mark: Redis was stopped before an interruption.
STOPPED = "stopped"
# The fact "unit", by systemd's state.
STATES = {
    **dict.fromkeys(("active", "activating", "reloading"), "up"),
    **dict.fromkeys(("inactive", "failed", "deactivating"), "down"),
}


def leave(world: World) -> None:
    # A folder of root: this unit has no capabilities.
    folder = Folder(f"{world.root}/run/redis-replica-leave")
    folder.make()
    action, _ = settle(decide_leave, gather(world, folder), LEAVE)
    if action == "stop":
        log(f"Redis is stopped: {announcement.interruption(world)}")
        folder.write(STOPPED, "")
        order(world, "stop")
    elif action == "start":
        log("the instance was not interrupted: Redis is started again")
        order(world, "start")
        folder.remove(STOPPED)


def gather(world: World, folder: Folder) -> Known:
    return {
        "interruption": fact(lambda: phase(world)),
        "unit": fact(lambda: STATES[world.systemctl("show", "--property=ActiveState", "--value", UNIT)]),
        "stopped": fact(lambda: folder.has(STOPPED)),
    }


def phase(world: World) -> str:
    """How near the interruption is."""
    found = announcement.read(world, announcement.INTERRUPTION)
    if not found:
        return "none"
    left, info = found[1], Info(world.ask_here(("INFO",))[0])
    if left < -announcement.GRACE:
        return "past"
    if info.get("loading") == "1":
        # A stop would save nothing, and the receipt is gone. An owner that is not interrupted would not start again.
        return "announced"
    if left <= MARGIN:
        return "due"
    known(info.reply)
    try:
        seconds = save_time(info)
    except (LookupError, ValueError):
        # Redis has not saved yet.
        seconds = info.number("used_memory") / RATE
    return "due" if left <= MARGIN + seconds else "announced"


def order(world: World, verb: str) -> None:
    """Without waiting for the end: a stop may take longer than this unit may run. OSError if systemd does not do it."""
    error = world.systemctl(verb, "--no-block", UNIT)
    if error:
        raise OSError(error)
