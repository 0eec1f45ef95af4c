"""The decision tables of docs/instance.md, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Case, rows

from decide import JOIN, LEAVE, NO_QUORUM, START, decide_join, decide_leave, decide_start
from facts import Facts

if TYPE_CHECKING:
    from facts import Action

# A healthy replica that comes back on a new instance. Each row has the facts that differ.
REPLICA = {
    **{
        "data": "known",
        "keys": "yes",
        "own": "replica",
        "retired": "no",
        "duplicate_id": "no",
        "quorum": "yes",
        "same": "no",
    },
    **{"seen": "replica", "owner": "live", "fits": "yes", "stale": "no", "copy": "none", "proof": "no"},
    **{"aof": "no", "accepted": "no", "waited": "no"},
}
PROMOTED = {"own": "owner", "seen": "owner", "owner": "none"}
EMPTY = {"data": "empty", "own": "none", "seen": "none"}
ORPHAN = {"data": "orphan", "own": "none", "seen": "none"}

# A new node that every master lists.
BARE = {
    **{
        "own": "bare",
        "duplicate_id": "no",
        "quorum": "yes",
        "listed": "all",
        "aof": "no",
        "link": "up",
        "owner": "live",
    },
    **{"waited": "no", "synced": "yes", "bus": "yes", "announced": "no"},
}
JOINED = {"own": "replica"}


def start(**facts: str) -> Action:
    return decide_start(Facts({**REPLICA, **facts}, {}))


def join(**facts: str) -> Action:
    return decide_join(Facts({**BARE, **facts}, {}))


class DecideTest(Case):
    @rows(
        ("a retired node is refused", {"retired": "yes"}, "refuse"),
        ("a retired node is refused even with an empty volume", {**EMPTY, "retired": "yes"}, "refuse"),
        ("an empty volume starts", EMPTY, "start"),
        ("an empty volume starts if no node answers", {**EMPTY, "quorum": "no"}, "start"),
        ("a node whose ID answers elsewhere is refused", {"duplicate_id": "yes"}, "refuse"),
        (
            "a rebooted node whose ID answers elsewhere is refused even without a quorum",
            {"duplicate_id": "yes", "quorum": "no", "same": "yes"},
            "refuse",
        ),
        (
            "a node whose ID answers elsewhere is refused even with an acceptance",
            {**PROMOTED, "duplicate_id": "yes", "accepted": "yes"},
            "refuse",
        ),
        ("a rebooted replica starts without a quorum", {"quorum": "no", "same": "yes"}, "start"),
        ("a replica on a new instance waits for a quorum", {"quorum": "no"}, "later"),
        ("an owner waits for a quorum", {"quorum": "no", "own": "owner"}, "later"),
        ("a rebooted owner waits for a quorum", {"quorum": "no", "own": "owner", "same": "yes"}, "later"),
        ("orphaned data waits for a quorum", {**ORPHAN, "quorum": "no", "same": "yes"}, "later"),
        ("data of an unknown node is set aside", ORPHAN, "fresh"),
        ("an owner serves its slots after an operator's acceptance", {**PROMOTED, "accepted": "yes"}, "serve"),
        (
            "an owner with the proof waits for the election of a replica that was connected until it stopped",
            {**PROMOTED, "copy": "following", "proof": "yes"},
            "later",
        ),
        (
            "an owner with the proof serves if no election happened within W",
            {**PROMOTED, "copy": "following", "proof": "yes", "waited": "yes"},
            "serve",
        ),
        ("an owner with the proof and without replicas serves at once", {**PROMOTED, "proof": "yes"}, "serve"),
        (
            "an owner with the proof serves at once if its replica cannot be elected",
            {**PROMOTED, "proof": "yes", "copy": "other"},
            "serve",
        ),
        ("an owner without the proof waits for W", PROMOTED, "later"),
        (
            "an owner on the same instance serves from its append-only file after W",
            {**PROMOTED, "same": "yes", "aof": "yes", "waited": "yes"},
            "serve-aof",
        ),
        (
            "an owner on the same instance waits for W even with its append-only file",
            {**PROMOTED, "same": "yes", "aof": "yes"},
            "later",
        ),
        (
            "an owner on another instance is refused even with an append-only file",
            {**PROMOTED, "aof": "yes", "waited": "yes"},
            "refuse",
        ),
        (
            "an owner on the same instance without an append-only file is refused",
            {**PROMOTED, "same": "yes", "waited": "yes"},
            "refuse",
        ),
        ("an owner without the proof is refused after W", {**PROMOTED, "waited": "yes"}, "refuse"),
        (
            "the proof does not count if nodes.conf has the node as a replica",
            {**PROMOTED, "own": "replica", "proof": "yes", "waited": "yes"},
            "refuse",
        ),
        (
            "an image from before the promotion waits for an election",
            {"seen": "owner", "owner": "none", "copy": "following"},
            "later",
        ),
        (
            "an image from before the promotion is refused if no replica was elected",
            {"seen": "owner", "owner": "none", "copy": "following", "waited": "yes"},
            "refuse",
        ),
        ("a server older than its master's is refused", {"fits": "no"}, "refuse"),
        (
            "a server older than its master's is refused even with an acceptance",
            {"fits": "no", "accepted": "yes"},
            "refuse",
        ),
        ("an owner that is loading its data is waited for", {"stale": "loading"}, "later"),
        (
            "an owner that is loading its data is not followed even with an acceptance",
            {"stale": "loading", "accepted": "yes"},
            "later",
        ),
        ("an owner that holds less is not followed", {"stale": "yes"}, "refuse"),
        ("an owner that holds less is followed once accepted", {"stale": "yes", "accepted": "yes"}, "follow"),
        ("a replica follows the live owner of its shard", {}, "follow"),
        ("a forgotten replica follows the owner of its shard", {"seen": "none"}, "follow"),
        ("a node that lost its slots follows their new owner", {"own": "owner", "seen": "bare"}, "follow"),
        ("a replica follows its master even if that is down", {"owner": "down"}, "follow"),
        ("an interrupted join continues", {"own": "bare", "keys": "no", "seen": "bare", "owner": "none"}, "start"),
        (
            "an interrupted join continues if no node knows this one",
            {"own": "bare", "keys": "no", "seen": "none", "owner": "none"},
            "start",
        ),
        (
            "a node without slots that has keys sets them aside",
            {"own": "bare", "seen": "bare", "owner": "none"},
            "fresh",
        ),
        (
            "a forgotten replica follows the owner of its shard even if that is down",
            {"seen": "none", "owner": "down"},
            "follow",
        ),
        (
            "a node that lost its slots waits if their new owner is down",
            {"own": "owner", "seen": "bare", "owner": "down"},
            "later",
        ),
        (
            "the data of a shard whose slots have several owners is set aside",
            {"seen": "none", "owner": "several"},
            "fresh",
        ),
        ("the data of a shard without an owner is set aside", {"seen": "none", "owner": "none"}, "fresh"),
        (
            "the data of an owner whose slots were moved to several owners is set aside",
            {"own": "owner", "seen": "bare", "owner": "several"},
            "fresh",
        ),
    )
    def start_rows(self, facts: dict[str, str], action: str) -> None:
        self.assertEqual(start(**facts)[0], action)

    @rows(
        ("a replica whose ID another machine has leaves", {**JOINED, "duplicate_id": "yes"}, "leave"),
        (
            "an owner whose ID another machine has leaves",
            {"own": "owner", "aof": "yes", "duplicate_id": "yes"},
            "leave",
        ),
        (
            "an owner of slots is promoted even if not every master lists it",
            {"own": "owner", "aof": "yes", "listed": "some"},
            "promoted",
        ),
        ("an owner of slots is promoted without a quorum", {"own": "owner", "aof": "yes", "quorum": "no"}, "promoted"),
        ("an owner is not promoted before its append-only file is complete", {"own": "owner"}, "later"),
        (
            "an owner hands its slots over if an interruption or a rebalance is announced",
            {"own": "owner", "aof": "yes", "announced": "yes"},
            "hand-over",
        ),
        (
            "an owner hands its slots over even if its append-only file is not complete",
            {"own": "owner", "announced": "yes"},
            "hand-over",
        ),
        (
            "an owner whose ID another machine has leaves instead of handing over",
            {"own": "owner", "announced": "yes", "duplicate_id": "yes"},
            "leave",
        ),
        ("a replica has nothing to hand over", {**JOINED, "announced": "yes"}, "healthy"),
        ("nothing is done without a quorum", {"quorum": "no", "listed": "none"}, "later"),
        ("a replica in sync without a quorum waits", {**JOINED, "quorum": "no"}, "later"),
        ("a node that no master lists meets all masters", {"listed": "none"}, "meet"),
        ("a replica that one master does not list meets all masters", {**JOINED, "listed": "some"}, "meet"),
        ("a listed node without slots chooses a master", {}, "replicate"),
        ("a replica whose master is unknown or owns no slots chooses another one", {"own": "lost"}, "replicate"),
        ("a replica whose link is down waits", {**JOINED, "link": "down"}, "later"),
        (
            "a replica whose link is down for W waits while its master is live",
            {**JOINED, "link": "down", "waited": "yes"},
            "later",
        ),
        ("a replica whose master is down waits for W", {**JOINED, "link": "down", "owner": "down"}, "later"),
        (
            "a replica whose master is down is reported after W",
            {**JOINED, "link": "down", "owner": "down", "waited": "yes"},
            "report",
        ),
        ("a replica behind its master waits", {**JOINED, "synced": "no"}, "later"),
        ("a replica waits if a master's bus port does not answer", {**JOINED, "bus": "no"}, "later"),
        ("a replica in sync that every master lists is healthy", JOINED, "healthy"),
    )
    def join_rows(self, facts: dict[str, str], action: str) -> None:
        self.assertEqual(join(**facts)[0], action)

    @rows(
        ("nothing happens without an interruption", "none up no", "stay"),
        ("nothing happens while more time is left than a stop takes", "announced up no", "stay"),
        ("Redis is stopped once no more time is left than a stop takes", "due up no", "stop"),
        ("a Redis that was started again is stopped again", "due up yes", "stop"),
        ("a Redis that is stopped is left alone", "due down yes", "stay"),
        ("Redis is started again if the interruption is withdrawn", "none down yes", "start"),
        ("Redis is started again if the interruption does not happen", "past down yes", "start"),
        ("Redis stays stopped if the interruption is announced for another time", "announced down yes", "stay"),
        ("a Redis that was stopped for another reason is not started", "none down no", "stay"),
        ("a Redis that was not stopped in time is left alone afterwards", "past up no", "stay"),
    )
    def leave_rows(self, facts: str, action: str) -> None:
        self.assertEqual(decide_leave(Facts(dict(zip(LEAVE, facts.split())), {})), (action, ""))

    def test_without_a_quorum_the_reason_is_the_missing_majority(self) -> None:
        self.assertEqual(start(quorum="no"), ("later", NO_QUORUM))
        self.assertEqual(join(quorum="no"), ("later", NO_QUORUM))

    def test_the_samples_have_every_fact_with_one_of_its_values(self) -> None:
        for sample, domains in ((REPLICA, START), (BARE, JOIN)):
            self.assertEqual(sample.keys(), domains.keys())
            for name, value in sample.items():
                self.assertIn(value, domains[name].split())
