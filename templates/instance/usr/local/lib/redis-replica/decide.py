"""The decisions: pure functions from facts to one action. They read nothing and change nothing.

Each takes the first row that fits. A fact that is unknown is handled by facts.settle(), never here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Action, Facts

YES_NO = "yes no"

# What decide_start() asks for, and all values that each fact may have.
START = {
    # What the volume holds; orphan: data of a node that nothing here names.
    "data": "empty known orphan",
    # What nodes.conf says this node is; bare: a master without slots.
    "own": "none bare owner replica",
    # Whether the node has left the cluster for good.
    "retired": YES_NO,
    # Whether another machine answers with this node's ID.
    "elsewhere": YES_NO,
    # Whether more than half of the masters with slots answer and agree.
    "quorum": YES_NO,
    # Whether this instance is the one that last ran Redis on this volume.
    "same": YES_NO,
    # What the quorum says this node is.
    "seen": "none bare owner replica",
    # Who serves this node's shard, if it does not itself.
    "owner": "live down several none",
    # Whether this server can read what that owner sends.
    "fits": YES_NO,
    # Whether that owner has less than this volume: it came back empty, or old.
    "stale": "yes no loading",
    # A live copy of this node's slots; following: until the end, and electable.
    "copy": "following other none",
    # Whether the freshness proof holds (receipt.py).
    "proof": YES_NO,
    # Whether every write up to the last second is in an append-only file here.
    "aof": YES_NO,
    # Whether an operator has accepted what this very refusal says may be lost.
    "accepted": YES_NO,
    # Whether the start has been held back for W.
    "waited": YES_NO,
}

BEHIND = "the offset has not reached the master's"
NO_QUORUM = "no majority of the masters answers and agrees"


def decide_start(f: Facts) -> Action:
    """May Redis start on this volume, and as what? start, follow, serve, serve-aof, fresh, later or refuse."""
    if f.retired == "yes":
        return "refuse", "this node was retired"
    if f.data == "empty":
        return "start", ""
    if f.elsewhere == "yes":
        return "refuse", "another machine answers with the ID of this node"
    if f.quorum == "no":
        # A reboot: the volume cannot be older than what the cluster last saw of this node.
        if f.own == "replica" and f.same == "yes":
            return "start", ""
        return "later", NO_QUORUM
    if f.data == "orphan":
        # Redis would start as a new master that claims every slot it has keys for.
        return "fresh", ""
    if f.seen == "owner":
        return decide_owner(f)
    if f.owner == "live":
        return decide_follow(f)
    if f.owner == "down" and "replica" in (f.seen, f.own):
        # With elections off until it has caught up, it is a copy to be had and no more.
        return "follow", ""
    if f.own == "bare":
        # A join that was cut.
        return "start", ""
    if f.owner == "down":
        return "later", "the shard's owner is down"
    return "fresh", ""


def decide_follow(f: Facts) -> Action:
    """The owner of this node's shard is live. It may be followed unless that would delete what only this volume has."""
    if f.fits == "no":
        return "refuse", "this server is older than its master's and cannot read its data"
    if f.stale == "loading":
        return "later", "the shard's owner is loading its data"
    if f.stale == "yes" and f.accepted == "no":
        return "refuse", "the shard's owner holds less data than this volume; following it would delete data"
    return "follow", ""


def decide_owner(f: Facts) -> Action:
    """The cluster says that this node owns slots. It may serve them only if nothing newer can be anywhere."""
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


# What decide_join() asks for.
JOIN = {
    # What the running Redis says it is; lost: a replica whose master is unknown or owns no slots.
    "own": "bare owner replica lost",
    # Whether another machine answers with this node's ID, and has had it for longer.
    "twin": YES_NO,
    "quorum": YES_NO,
    # Which of the masters list it as a live member.
    "listed": "all some none",
    # Whether its append-only file is complete on disk; of an owner.
    "aof": YES_NO,
    # Its replication link.
    "link": "up down",
    "owner": "live down several none",
    "waited": YES_NO,
    # Whether its offset has reached its master's, in one replication history.
    "synced": YES_NO,
    # Whether a pong of each master has come back on the bus.
    "bus": YES_NO,
}


def decide_join(f: Facts) -> Action:
    """The next step of a Redis that runs: leave, promoted, meet, replicate, healthy, report or later."""
    if f.twin == "yes":
        return "leave", "another machine answers with the ID of this node"
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
