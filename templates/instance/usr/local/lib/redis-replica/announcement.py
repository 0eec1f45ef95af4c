"""The interruption notice and the rebalance recommendation that watch.py has found."""

from __future__ import annotations

import re
import time
from contextlib import suppress

from typed import matched
from watch import DATE, PATHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

INTERRUPTION, REBALANCE = PATHS
TIME = re.compile(r'"(?:time|noticeTime)" ?: ?"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"')
# A file of world.run: the announcements for which a replica was asked to take over.
ANSWERED = "answered"
# Seconds after the announced time from which on the interruption is not expected any more.
GRACE = 60
# Seconds for which a promoted node does not answer a recommendation. The node that handed over to it may be about to be
# interrupted, and is gone by then: two minutes and GRACE.
RESPITE = 180


def read(world: World, name: str) -> tuple[str, float] | None:
    """The time of an announcement, and the seconds until then; None without one. ValueError if it is malformed.

    The clock is that of the metadata service, since this machine's may be wrong.
    """
    text = world.run.text(name)
    if not text:
        return None
    from calendar import timegm

    uptime, date, body = (text.splitlines() + ["", "", ""])[:3]
    found = TIME.search(body)
    if not found:
        raise ValueError(f"the {name} is announced without a time")
    passed = world.clock.uptime() - float(matched(r"\d{1,12}\.\d", uptime, "an uptime"))
    left = timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%SZ")) - timegm(time.strptime(date, DATE)) - passed
    return found[1], left


def present(world: World) -> dict[str, str]:
    """The times of what is announced now, by name."""
    found = {name: read(world, name) for name in PATHS}
    return {name: each[0] for name, each in found.items() if each and (name == REBALANCE or each[1] >= -GRACE)}


def is_unanswered(world: World) -> bool:
    """Whether something is announced for which no replica has been asked to take over."""
    answered = world.run.text(ANSWERED).splitlines()
    return any(f"{name} {when}" not in answered for name, when in present(world).items())


def respite(world: World) -> int:
    """For how many seconds this node must have owned slots before it hands over. An interruption cannot wait."""
    return 0 if interruption(world) else RESPITE


def answer(world: World) -> None:
    """A replica was asked. Once is enough: two nodes with a recommendation would hand the slots to each other."""
    world.run.write(ANSWERED, "".join(f"{name} {when}\n" for name, when in present(world).items()))


def notes(world: World) -> str:
    """What follows the state of a node in sync or promoted; empty if nothing is announced."""
    when = shown(world, REBALANCE)
    found = [interruption(world), when and f"a rebalance is recommended since {when}"]
    return "".join(f"; {each}" for each in found if each)


def interruption(world: World) -> str:
    when = shown(world, INTERRUPTION)
    return when and f"an interruption is announced for {when}"


def shown(world: World, name: str) -> str:
    """The time of an announcement; empty without one, or if it is malformed."""
    with suppress(ValueError):
        return present(world).get(name, "")
    return ""
