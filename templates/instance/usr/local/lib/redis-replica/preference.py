"""Which master a new replica follows: a pure function of facts about the masters. The zone of each may be unknown."""

from __future__ import annotations

from facts import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

    from facts import Fact

# How a master's zone compares with this instance's. An unknown zone counts as neither of the two.
ANOTHER, UNKNOWN, SAME = range(3)


class Master:
    """A live owner of slots. `answers` and `is_near` are as this instance sees it: a reply, and an own subnet."""

    __slots__ = ("answers", "id", "is_near", "replicas", "zone")

    def __init__(self, id: str, replicas: int, zone: Fact, answers: bool = True, is_near: bool = False) -> None:
        self.id, self.replicas, self.zone, self.answers, self.is_near = id, replicas, zone, answers, is_near


def preferred(masters: Sequence[Master], own: Fact) -> Master | None:
    """The master that a new replica in the zone `own` follows. The first criterion in which masters differ decides."""
    ring = sorted({zone for zone in (own, *(master.zone for master in masters)) if isinstance(zone, str)})

    def cost(master: Master) -> tuple[bool, bool, int, int, bool, int, str]:
        return (
            not master.answers,
            # Before the zone: a shard without a replica loses its data with its master, whatever the zones are.
            master.replicas > 0,
            compared(own, master.zone),
            master.replicas,
            master.is_near,
            distance(ring, own, master.zone),
            master.id,
        )

    return min(masters, key=cost, default=None)


def compared(own: Fact, zone: Fact) -> int:
    if isinstance(own, Unknown) or isinstance(zone, Unknown):
        return UNKNOWN
    return SAME if zone == own else ANOTHER


def distance(ring: list[str], own: Fact, zone: Fact) -> int:
    """How many zones a zone is after this instance's, with the first one after the last one; 0 if it is not known.

    The replicas of each zone begin with the masters of the next one. So replicas and masters that are spread evenly
    over the same zones never compete, and the last replica does not find only a master of its own zone left.
    """
    if isinstance(own, Unknown) or isinstance(zone, Unknown):
        return 0
    return (ring.index(zone) - ring.index(own)) % len(ring)
