"""Rules that hold for every combination of facts, including unknown ones: no action relies on an unknown fact.

A decision asks for few facts at a time. So the combinations are not listed: a fact that a decision asks for, and only
such a one, is tried with each of its values, and as unknown. What it never asks for may then have any value.
"""

from __future__ import annotations

import random
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Callable, Dict, Iterator, Set, Tuple, TypeVar, Union

from suite import Case

from decide import JOIN, LEAVE, START, decide_join, decide_leave, decide_start
from facts import Facts, Unknown, settle
from preference import Master, preferred

if TYPE_CHECKING:
    from facts import Action, Decide, Fact

    Tree = Union[Action, Tuple[str, Dict[str, "Tree"]]]

Given = Dict[str, Union[str, Unknown]]
Domains = Dict[str, str]
Result = TypeVar("Result")

ACTIONS: Dict[Callable[[Facts], Tuple[str, str]], Set[str]] = {
    decide_start: {"start", "follow", "serve", "serve-aof", "fresh", "later", "refuse"},
    decide_join: {"leave", "hand-over", "promoted", "meet", "replicate", "healthy", "report", "later"},
    decide_leave: {"stop", "start", "stay"},
}
# The facts that each action relies on. If one of them is unknown, the action is not taken.
RESTS = {
    "serve": {"retired", "duplicate_id", "quorum", "seen", "data"},
    "serve-aof": {"retired", "duplicate_id", "quorum", "seen", "data", "own", "same", "aof", "waited"},
    "follow": {"retired", "duplicate_id", "quorum", "owner", "data"},
    "fresh": {"retired", "duplicate_id", "quorum", "data"},
    "promoted": {"duplicate_id", "own", "aof", "announced"},
    "hand-over": {"duplicate_id", "own", "announced"},
    "meet": {"duplicate_id", "quorum", "listed", "own"},
    "replicate": {"duplicate_id", "quorum", "listed", "own"},
    "healthy": {"duplicate_id", "quorum", "listed", "own", "link", "synced", "bus"},
    "stop": {"interruption", "unit"},
}
DECISIONS: tuple[tuple[Decide, Domains], ...] = ((decide_start, START), (decide_join, JOIN), (decide_leave, LEAVE))


def situations(
    evaluate: Callable[[Given], Result], domains: Domains, unknown: int = 0, given: Given | None = None
) -> Iterator[tuple[Given, Result]]:
    """All distinct situations with at most `unknown` unknown facts: the facts read, and what the function returns."""
    given = given or {}
    try:
        yield given, evaluate(given)
    except KeyError as asked:
        (name,) = asked.args
        for value in domains[name].split():
            yield from situations(evaluate, domains, unknown, {**given, name: value})
        if unknown:
            yield from situations(evaluate, domains, unknown - 1, {**given, name: Unknown(f"{name} is not known")})


def tree(decide: Decide, domains: Domains, given: Given | None = None) -> Tree:
    """A decision as a tree: the fact that it asks for, and what follows for each value. The leaves are its actions."""
    given = given or {}
    try:
        return decide(Facts(given, {}))
    except KeyError as asked:
        (name,) = asked.args
        return name, {value: tree(decide, domains, {**given, name: value}) for value in domains[name].split()}


def possible(decision: Tree, given: Given) -> set[Action]:
    """The actions for all values of the unknown facts, computed without settle()."""
    name, branches = decision
    if isinstance(branches, str):
        return {(name, branches)}
    value = given.get(name)
    if isinstance(value, str):
        return possible(branches[value], given)
    return set().union(*(possible(branch, given) for branch in branches.values()))


def combinations(domains: Domains) -> int:
    """How many combinations of values there are."""
    return prod(len(values.split()) for values in domains.values())


def broken_start(f: Given, action: str, why: str) -> str:
    """The law that an action breaks if all facts are known; empty if it breaks none."""
    runs = action in ("start", "follow", "serve", "serve-aof")
    serves = action in ("serve", "serve-aof")
    holds_data, quorum = f["data"] != "empty", f["quorum"] == "yes"
    if f["retired"] == "yes" and action != "refuse":
        return "a retired node stays out"
    if runs and holds_data and f["duplicate_id"] == "yes":
        return "an ID that is live elsewhere is never used"
    if serves and not (quorum and f["seen"] == "owner" and f["data"] == "known"):
        return "slots are served only if the quorum lists this node as their owner"
    proven = f["proof"] == "yes" or f["same"] == f["aof"] == f["waited"] == "yes"
    if serves and f["accepted"] == "no" and not (f["own"] == "owner" and proven):
        return "slots are served only with the proof, the append-only file, or an acceptance"
    if serves and f["accepted"] == "no" and f["copy"] == "following" and f["waited"] == "no":
        return "a replica that was connected until the stop gets time to be elected first"
    if runs and holds_data and quorum and f["seen"] == "owner" and not serves:
        return "a node that owns slots serves them or does not run"
    if action == "start" and f["data"] == "known" and quorum and f["keys"] == "yes":
        return "a node without slots is not started with keys, since it could never replicate"
    if action == "start" and holds_data and f["own"] not in ("bare", "replica"):
        return "a node whose nodes.conf has it as an owner is not started unchanged"
    if action == "start" and f["own"] == "replica" and holds_data and (quorum or f["same"] == "no"):
        return "a replica is started unchanged only after a reboot and without a quorum"
    if action == "follow" and (f["fits"] == "no" and f["owner"] == "live" or not quorum):
        return "no owner is followed if its data cannot be read or there is no quorum"
    if (
        action == "follow"
        and f["owner"] == "live"
        and f["stale"] != "no"
        and (f["stale"], f["accepted"]) != ("yes", "yes")
    ):
        return "an owner that holds less is not followed"
    unowned = f["data"] == "orphan" or f["seen"] != "owner" and f["owner"] not in ("live", "down")
    if action == "fresh" and not (quorum and holds_data and unowned):
        return "data is set aside only with a quorum, and only if no node owns its shard"
    waits = f["quorum"] == "no" or f["stale"] == "loading" or f["owner"] == "down" or f["waited"] == "no"
    if action == "later" and not waits:
        return "what waits has something to wait for"
    return ""


def broken_join(f: Given, action: str, why: str) -> str:
    if (f["duplicate_id"] == "yes") != (action == "leave"):
        return "a node leaves if and only if its ID is live elsewhere"
    if action == "hand-over" and not (f["own"] == "owner" and f["announced"] == "yes"):
        return "slots are handed over only by their owner, and only if it is to leave"
    if f["own"] == "owner" and action not in ("hand-over", "promoted", "later", "leave"):
        return "a node that serves slots never becomes a replica"
    if action == "promoted" and not (f["own"] == "owner" and f["aof"] == "yes"):
        return "promoted means that slots are owned and written to disk"
    if action in ("meet", "replicate", "healthy", "report") and f["quorum"] == "no":
        return "nothing is done without a quorum"
    if action == "replicate" and not (f["own"] in ("bare", "lost") and f["listed"] == "all"):
        return "a master is chosen only by a listed node without one"
    in_sync = f["link"] == "up" and f["synced"] == "yes" and f["listed"] == "all" and f["bus"] == "yes"
    if action == "healthy" and not (f["own"] == "replica" and in_sync):
        return "in sync requires the link, the offset, a listing by every master and the bus"
    if action == "report" and not (f["owner"] == "down" and f["waited"] == "yes"):
        return "a master is reported only after it was down for W"
    incomplete = f["own"] == "owner" and f["aof"] == "no"
    waits = incomplete or f["quorum"] == "no" or f["link"] == "down" or f["synced"] == "no" or f["bus"] == "no"
    if action == "later" and not waits:
        return "what waits has something to wait for"
    return ""


NOWHERE = Unknown("the zone is not known")
ZONES: tuple[Fact, ...] = ("a", "b", NOWHERE)


def broken_preference(masters: tuple[Master, ...], own: Fact) -> str:
    """The law that a choice among masters breaks; empty if it breaks none."""
    master = preferred(masters, own)
    if not master:
        return "a replica always has a master while there is one"
    # Zones and replicas matter among the masters that answer, or among all if none answers.
    others = [each for each in masters if each.answers == master.answers]
    if not master.answers and any(each.answers for each in masters):
        return "a master that answers comes first"
    if master.replicas and not all(each.replicas for each in others):
        return "no shard goes without a replica"
    covered = [each for each in others if bool(each.replicas) == bool(master.replicas)]
    known = [each for each in covered if NOWHERE not in (own, each.zone)]
    another = [each for each in known if each.zone != own]
    if master in known and master not in another and len(covered) > len(known) - len(another):
        return "a replica is not in its master's zone while another choice leaves no shard without a replica"
    if another and master not in another:
        return "a zone that is known to be another one comes before an unknown one"
    alike = another or [each for each in covered if each not in known] or covered
    if master.replicas > min(each.replicas for each in alike):
        return "among masters whose zones compare alike, the one with the fewest replicas comes first"
    blind = preferred([Master(each.id, each.replicas, NOWHERE, each.answers) for each in masters], NOWHERE)
    if own is NOWHERE and blind and blind.id != master.id:
        return "in an unknown zone, the zones of the masters change nothing"
    return ""


def broken_leave(f: Given, action: str, why: str) -> str:
    if (action == "stop") != (f["interruption"] == "due" and f["unit"] == "up"):
        return "Redis is stopped if and only if it runs and an interruption is due"
    if action == "start" and (f["stopped"] == "no" or f["interruption"] in ("announced", "due")):
        return "only what was stopped before an interruption is started, and only after it did not happen"
    if f["stopped"] == "yes" and f["interruption"] in ("none", "past") and action != "start":
        return "a Redis that was stopped comes back if the instance does not leave"
    return ""


class LawsTest(Case):
    def hold(self, decide: Decide, domains: Domains, broken: Callable[[Given, str, str], str]) -> None:
        def judge(facts: Given) -> str:
            action, why = decide(Facts(facts, {}))
            if action not in ACTIONS[decide] or (action in ("later", "refuse", "report", "leave")) != bool(why):
                return "every combination has an action, and a reason where it needs one"
            return broken(facts, action, why)

        found: dict[str, Given] = {}
        count = 0
        for facts, law in situations(judge, domains):
            if law:
                found.setdefault(law, facts)
            # What neither the decision nor the laws have read changes nothing.
            count += combinations({name: values for name, values in domains.items() if name not in facts})
        self.assertEqual(found, {})
        self.assertEqual(count, combinations(domains))

    def test_every_combination_of_known_facts_keeps_the_laws_of_a_start(self) -> None:
        self.hold(decide_start, START, broken_start)

    def test_every_combination_of_known_facts_keeps_the_laws_of_a_join(self) -> None:
        self.hold(decide_join, JOIN, broken_join)

    def test_every_combination_of_zones_and_replicas_keeps_the_laws_of_a_preference(self) -> None:
        found: dict[str, object] = {}
        for own, several in product(ZONES, range(1, 4)):
            for facts in product(product(ZONES, (0, 1, 2), (True, False)), repeat=several):
                masters = tuple(
                    Master(str(id), count, zone, answers) for id, (zone, count, answers) in enumerate(facts)
                )
                law = broken_preference(masters, own)
                if law:
                    found.setdefault(law, (own, facts))
        self.assertEqual(found, {})

    def test_every_combination_of_known_facts_keeps_the_laws_of_leaving(self) -> None:
        self.hold(decide_leave, LEAVE, broken_leave)

    def test_with_unknown_facts_an_action_is_taken_only_if_all_their_values_give_it(self) -> None:
        # A start has 12,000 situations with three unknown facts, and 29,000 with four. The test below samples those.
        decisions = (
            (decide_start, START, 2, 1000),
            (decide_join, JOIN, len(JOIN), 1000),
            (decide_leave, LEAVE, len(LEAVE), 10),
        )
        for decide, domains, unknown, least in decisions:
            count, actions_of = 0, tree(decide, domains)
            for given, (action, why) in situations(partial(settle, decide, domains=domains), domains, unknown):
                count += 1
                actions = possible(actions_of, given)
                if len(actions) == 1:
                    self.assertEqual({(action, why)}, actions, given)
                else:
                    # Less knowledge never allows another action. The reason is that of an unknown fact.
                    self.assertEqual(action, "later", given)
                    self.assertIn(why, [str(value) for value in given.values() if isinstance(value, Unknown)])
                missing = {name for name, value in given.items() if isinstance(value, Unknown)}
                self.assertFalse(missing & RESTS.get(action, set()), (given, action))
            self.assertGreater(count, least)

    def test_if_all_facts_are_unknown_the_first_is_the_reason_to_wait(self) -> None:
        for decide, domains in DECISIONS:
            facts: Given = {name: Unknown(f"{name} is not known") for name in domains}
            self.assertEqual(settle(decide, facts, domains)[0], "later")

    def test_random_facts_give_the_same_action_as_their_situation(self) -> None:
        draw = random.Random(1)
        for decide, domains in DECISIONS:
            actions_of = tree(decide, domains)
            for _ in range(2000):
                share = draw.random()
                facts: Given = {
                    name: Unknown("not known") if draw.random() < share else draw.choice(values.split())
                    for name, values in domains.items()
                }
                actions = possible(actions_of, facts)
                agreed = next(iter(actions)) if len(actions) == 1 else ("later", "not known")
                self.assertEqual(settle(decide, facts, domains), agreed)
