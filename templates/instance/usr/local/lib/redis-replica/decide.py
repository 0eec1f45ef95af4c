"""The decisions: pure functions from facts to one action. They have no side effects.

In each, the first condition that holds decides. Unknown facts are handled by facts.settle(), never here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Action, Facts

YES_NO = "yes no"

# The facts of decide_start(), and every value that each may have.
START = {
    # What the volume holds. orphan: data, but no file that identifies its node.
    "data": "empty known orphan",
    # Whether the RDB has keys.
    "keys": YES_NO,
    # The role of this node in nodes.conf. bare: a master without slots.
    "own": "none bare owner replica",
    # Whether an operator has retired the node permanently.
    "retired": YES_NO,
    # Whether another machine answers with this node's ID.
    "duplicate_id": YES_NO,
    # Whether more than half of the masters with slots answer and agree.
    "quorum": YES_NO,
    # Whether this instance is the one that last ran Redis on this volume.
    "same": YES_NO,
    # The role of this node in the cluster view of the quorum.
    "seen": "none bare owner replica",
    # The state of the other node that serves this node's shard, if this node does not.
    "owner": "live down several none",
    # Whether the installed server can load the RDB format of that owner.
    "fits": YES_NO,
    # Whether that owner holds less data than this volume, because it came back empty or out of date.
    "stale": "yes no loading",
    # Live replicas of this node. following: one was connected until this node stopped, and can be elected.
    "copy": "following other none",
    # Whether the freshness proof holds (receipt.py).
    "proof": YES_NO,
    # Whether an append-only file on this volume has every write up to the last second.
    "aof": YES_NO,
    # Whether an operator has accepted the data loss that exactly this refusal describes.
    "accepted": YES_NO,
    # Whether the start has been delayed for W.
    "waited": YES_NO,
}

BEHIND = "the offset has not reached the master's"
OLDER = "this server is older than its master's"
NO_QUORUM = "no majority of the masters answers and agrees"


def decide_start(f: Facts) -> Action:
    """Whether Redis may start on this volume, and how: start, follow, serve, serve-aof, fresh, later or refuse."""
    if f.retired == "yes":
        return "refuse", "this node was retired"
    if f.data == "empty":
        return "start", ""
    if f.duplicate_id == "yes":
        return "refuse", "another machine answers with the ID of this node"
    if f.quorum == "no":
        # After a reboot the volume cannot be older than the node's last contact with the cluster.
        if f.own == "replica" and f.same == "yes":
            return "start", ""
        return "later", NO_QUORUM
    if f.data == "orphan":
        # Started as it is, Redis would be a new master that claims every slot for which it has keys.
        return "fresh", ""
    if f.seen == "owner":
        return decide_owner(f)
    if f.owner == "live":
        return decide_follow(f)
    if f.owner == "down" and "replica" in (f.seen, f.own):
        # It cannot be elected before it has caught up. Until then it only keeps its data available to an operator.
        return "follow", ""
    if f.own == "bare" and f.keys == "no":
        # A join that was interrupted. With keys of slots that it once owned, Redis would refuse to replicate.
        return "start", ""
    if f.owner == "down":
        return "later", "the shard's owner is down"
    return "fresh", ""


def decide_follow(f: Facts) -> Action:
    """The owner of this node's shard is live. Follow it unless that would delete data that only this volume has."""
    if f.fits == "no":
        return "refuse", OLDER
    if f.stale == "loading":
        return "later", "the shard's owner is loading its data"
    if f.stale == "yes" and f.accepted == "no":
        return "refuse", "the shard's owner holds less data than this volume; following it would delete data"
    return "follow", ""


def decide_owner(f: Facts) -> Action:
    """The cluster lists this node as the owner of slots. It may serve them only if no newer copy can exist."""
    if f.accepted == "yes":
        return ("serve-aof" if f.aof == "yes" else "serve"), ""
    if f.waited == "no" and f.copy == "following":
        return "later", "a replica was connected until this node stopped, and can be elected"
    if f.own == "owner" and f.proof == "yes":
        return "serve", ""
    if f.waited == "no":
        return "later", "this node owns slots and may be out of date; waiting for an election"
    if f.own == "owner" and f.same == "yes" and f.aof == "yes":
        return "serve-aof", ""
    return "refuse", "this node owns slots, and its volume may be older than the last acknowledged write"


# The facts of decide_join(), and every value that each may have.
JOIN = {
    # The role that the running Redis reports. lost: a replica whose master is unknown or owns no slots.
    "own": "bare owner replica lost",
    # Whether another machine that has run for longer answers with this node's ID.
    "duplicate_id": YES_NO,
    "quorum": YES_NO,
    # How many of the masters list this node as a live member.
    "listed": "all some none",
    # For an owner: whether its append-only file is complete on disk.
    "aof": YES_NO,
    # The state of its replication link.
    "link": "up down",
    "owner": "live down several none",
    "waited": YES_NO,
    # Whether its offset has reached its master's offset in the same replication history.
    "synced": YES_NO,
    # Whether each master has answered a ping on the cluster bus.
    "bus": YES_NO,
    # Whether an interruption or a rebalance is announced for which no replica has been asked to take over yet.
    "announced": YES_NO,
}


def decide_join(f: Facts) -> Action:
    """The next step for a running Redis: leave, hand-over, promoted, meet, replicate, healthy, report or later."""
    if f.duplicate_id == "yes":
        return "leave", "another machine answers with the ID of this node"
    if f.own == "owner" and f.announced == "yes":
        return "hand-over", ""
    if f.own == "owner":
        return ("promoted", "") if f.aof == "yes" else ("later", "owns slots; the append-only file is not complete yet")
    if f.quorum == "no":
        return "later", NO_QUORUM
    if f.listed != "all":
        return "meet", ""
    if f.own in ("bare", "lost"):
        return "replicate", ""
    if f.link == "down":
        if f.owner == "down" and f.waited == "yes":
            return "report", "the master is down"
        return "later", "the replication link is down"
    if f.synced == "no":
        return "later", BEHIND
    if f.bus == "no":
        return "later", "the bus port of a master does not answer"
    return "healthy", ""


# The facts of decide_leave(), and every value that each may have.
LEAVE = {
    # due: no more time is left than a stop takes. past: a minute has passed since, and this instance still runs.
    "interruption": "none announced due past",
    # Whether the unit of Redis is active or starting.
    "unit": "up down",
    # Whether Redis was stopped before an interruption.
    "stopped": YES_NO,
}


def decide_leave(f: Facts) -> Action:
    """What to do about an announced interruption: stop, start or stay."""
    if f.interruption == "due":
        return ("stop", "") if f.unit == "up" else ("stay", "")
    if f.interruption != "announced" and f.stopped == "yes":
        return "start", ""
    return "stay", ""
