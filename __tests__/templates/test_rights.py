"""The rights of the agent's user, on real servers: without any one of them the agent names what is denied, and with
exactly these it does all that it does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import unittest
from contextlib import suppress
from typing import Callable, ClassVar

from fakes import left_with, put
from real_cluster import HOST, SERVER, Instance, RealCluster
from samples import rdb
from suite import INSTANCE, Case, diagnostics, rows

import join
import placement
from decide import BEHIND
from prepare import prepare
from resp import Info
from stop import stop, stopped
from view import NODES, View, look
from volume import KEPT, UNVERIFIED, kept

DOCS = os.path.realpath(f"{INSTANCE}/../../docs")
KEY = "~{redis-replica}:placement"
LOCK = KEY[1:]
# A key is not named, nor is a command in a script. The state has what the agent wanted.
ENDS = "EVAL with GET and DEL: .*(can't run this command|no permissions)"
IN_OTHER_WORDS = {
    (KEY, "choose_a_master"): "placement lock unavailable: .*NOPERM .*key",
    ("+get", "choose_a_master"): ENDS,
    ("+del", "choose_a_master"): ENDS,
}
# Redis before 7.2 does not know it.
SHARD_ID = "+cluster|myshardid"


def documented() -> dict[str, list[str]]:
    """The rules of the table in docs/instance.md by the servers that need them: all, or replicas."""
    found: dict[str, list[str]] = {}
    with open(f"{DOCS}/instance.md", encoding="utf-8") as page:
        for line in page:
            cells = [cell.strip() for cell in line.replace("\\|", "¦").split("|")]
            if len(cells) == 5 and cells[1].startswith("`+"):
                found.setdefault(cells[2], []).extend(re.findall(r"\+[a-z¦]+", cells[1]))
    return {on: [rule.replace("¦", "|") for rule in rules] for on, rules in found.items()}


def in_one_line() -> list[str]:
    """The rules of the line in docs/config.md."""
    with open(f"{DOCS}/config.md", encoding="utf-8") as page:
        (line,) = re.findall(r"(?m)^user replica on >PASSWORD (.*)$", page.read())
    return str(line).split()


def rules(knows_shard_ids: bool) -> dict[str, list[str]]:
    """The rules of the agent's user on masters and on replicas."""
    on, other = documented(), [rule for rule in in_one_line() if rule[0] != "+"]
    every = [rule for rule in on["all"] if rule != SHARD_ID or knows_shard_ids]
    return {"masters": [*other, *every], "replicas": [*other, *every, *on["replicas"]]}


class DocumentedTest(Case):
    def test_both_pages_have_the_same_rights(self) -> None:
        self.assertEqual(
            sorted(rule for each in documented().values() for rule in each),
            sorted(rule for rule in in_one_line() if rule[0] == "+"),
        )

    def test_each_right_is_removed_by_a_test(self) -> None:
        tested = {rule for each in (RightsTest.removed, RightsTest.removed_at_masters) for _, rule, _ in each.rows}  # type: ignore[attr-defined]
        self.assertEqual(tested, {*documented()["all"], *documented()["replicas"], KEY})
        at_masters = {rule for _, rule, _ in RightsTest.removed_at_masters.rows}  # type: ignore[attr-defined]
        self.assertEqual(at_masters, {*documented()["all"], KEY})


@unittest.skipUnless(SERVER, "redis-server not found")
class RightsTest(Case):
    """A replica in sync, and three masters. Each test removes one right, and then gives it back."""

    cluster: ClassVar[RealCluster]
    knows_shard_ids: ClassVar[bool]
    # The right that is removed now.
    missing = ""

    @classmethod
    def setUpClass(cls) -> None:
        cls.knows_shard_ids = "v=7.0." not in subprocess.getoutput(f"{SERVER} --version")
        cls.cluster = RealCluster(rules(cls.knows_shard_ids))
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.start_masters()
        for at in cls.cluster.masters:
            # Else the key of the lock can be the only one in an RDB, whose owner then seems to have lost its data.
            next(number for number in range(1000) if cls.cluster.ask(at, "SET", f"key:{number}", "") == "OK")

    def setUp(self) -> None:
        with diagnostics():
            self.be_in_sync()

    @property
    def world(self) -> Instance:
        return self.cluster.world

    @property
    def state(self) -> str:
        return self.world.shown_state

    def look(self) -> int:
        """A look at the cluster by a new process."""
        self.cluster.world = Instance(self.world.root)
        return left_with(lambda: join.step(self.world))[0]

    def be_in_sync(self) -> None:
        if self.world.runs() == "no":
            self.world.run.remove("refused")
            self.start()
            self.cluster.start_here()
        elif self.running()[0].me.role == "owner":
            # Only a replica of this node does so.
            self.fail_over(self.cluster.masters, "slave")
        self.cluster.until(lambda: self.look() == 0 and self.state.startswith("in sync: "))

    def role(self) -> str:
        return Info(self.cluster.ask(self.cluster.here, "INFO", "replication"))["role"]

    def fail_over(self, places: list[str], role: str) -> None:
        """Until this node has a role. Masters vote for a shard once in two node timeouts, so this may take several."""
        for _ in range(4):
            for at in places:
                self.cluster.ask(at, "CLUSTER", "FAILOVER")
            with suppress(TimeoutError):
                self.cluster.until(lambda: self.role() == role, 6)
                break

    def running(self) -> tuple[join.Running, View]:
        nodes, info = self.world.ask_here(NODES, ("INFO",))
        running = join.Running(nodes, Info(info))
        running.address = f"{HOST}:{self.cluster.port}"
        return running, look(self.world, running.own, running.me.id)

    def act(self, action: str, why: str = "") -> None:
        """Takes the action of a decision."""
        running, view = self.running()
        left_with(lambda: join.act(self.world, running, view, action, why, ""))

    # What the agent does. Each of these sets the state.

    def reconcile(self) -> None:
        self.look()

    def meet(self) -> None:
        self.act("meet")

    def start_again(self) -> None:
        """Ends a replica whose master owns no slots."""
        self.act("replicate")

    def choose_a_master(self) -> None:
        running, view = self.running()
        left_with(lambda: placement.place(self.world, running, view))
        self.operator_at_masters("DEL", LOCK)

    def choose_a_master_after_another_instance(self) -> None:
        self.operator_at_masters("SET", LOCK, "x" * 40, "PX", "25000")
        self.choose_a_master()

    def be_electable_again(self) -> None:
        self.cluster.ask(self.cluster.here, "CONFIG", "SET", "cluster-replica-no-failover", "yes")
        self.look()

    def reset_the_link(self) -> None:
        self.world.run.write("behind", f"{self.world.clock.uptime() - 61:.0f} - 9999999999999999999")
        self.act("later", BEHIND)

    def connect_anew(self) -> None:
        self.operator_at_masters("CLIENT", "KILL", "TYPE", "replica")
        # Redis has to notice it first.
        self.cluster.until(lambda: self.look() != 0 and "NOPERM" in self.state if self.missing else self.look() == 0)

    def read_a_changed_acl_file(self) -> None:
        """The file has the rights that the agent's user has now: it would give back what a test has removed."""
        self.cluster.ask(self.cluster.here, "ACL", "SETUSER", "gone")
        acl = self.cluster.acl("replicas")
        acl = acl.replace(f" {self.missing}", "") if self.missing else acl
        self.cluster.store_acl(self.world, f"{acl}user client on >{time.monotonic_ns()} +get\n")
        self.look()
        self.cluster.store_acl(self.world, self.cluster.acl("replicas"))

    def compare_with_what_was_kept(self) -> None:
        put(kept(self.world.data) / KEPT[0], rdb(offset=0))
        self.world.state.write(UNVERIFIED, "")
        self.look()
        self.world.state.remove(UNVERIFIED)

    def kill(self) -> None:
        self.cluster.servers[self.cluster.here].kill()
        self.cluster.until(lambda: self.world.runs() == "no")
        left_with(lambda: stopped(self.world, "signal", "KILL"))

    def start(self) -> None:
        """Prepares a start."""
        if self.world.runs() == "yes":
            self.kill()
        self.cluster.world = Instance(self.world.root)
        left_with(lambda: prepare(self.world))

    def start_with_another_history(self) -> None:
        self.kill()
        put(self.world.data / "dump.rdb", rdb(offset=0))
        self.start()
        self.world.data.remove("dump.rdb")

    def start_without_a_known_timeout(self) -> None:
        self.world.state.remove("node-timeout")
        self.start()

    def stop(self) -> None:
        server = self.cluster.servers[self.cluster.here]
        left_with(lambda: stop(self.world, server.pid))
        # As systemd does.
        server.terminate()
        self.cluster.until(lambda: self.world.runs() == "no")
        left_with(lambda: stopped(self.world, "success", "0"))

    def hand_over(self) -> None:
        """A node that the operator has promoted, before a rebalance."""
        self.fail_over([self.cluster.here], "master")
        self.cluster.until(lambda: self.look() == 0 and self.state.startswith("promoted"))
        # Long ago.
        self.world.run.write("promoted", f"{self.world.clock.uptime() - 1000:.0f}")
        body = '{"noticeTime": "2026-11-29T20:00:00Z"}'
        self.world.run.write("rebalance", f"{self.world.clock.uptime():.1f}\nSun, 29 Nov 2026 20:00:00 GMT\n{body}\n")
        # A replica acknowledges once a second what it has.
        self.cluster.until(lambda: self.look() != 0 or "no replica is in sync" not in self.state)
        self.look()
        self.world.run.remove("rebalance")
        self.world.run.remove("answered")

    def start_on_a_blank_volume(self) -> None:
        """The node that was here has failed, and never returns."""
        self.kill()
        self.cluster.until(lambda: all("fail" in self.flags(at) for at in self.cluster.masters))
        for folder in (self.world.run, self.world.state, self.world.data):
            shutil.rmtree(folder.path)
            folder.make()
        self.start()
        self.cluster.start_here()
        self.cluster.until(lambda: self.look() == 0 or "NOPERM" in self.state)

    def flags(self, at: str) -> list[str]:
        """How a master lists this node."""
        (line,) = (each for each in self.cluster.ask(at, *NODES).split("\n") if f" {HOST}:" in each)
        return str(line).split(" ")[2].split(",")

    def operator_at_masters(self, *command: str) -> None:
        for at in self.cluster.masters:
            self.cluster.ask(at, *command)

    @rows(
        ("a look needs info", "+info", reconcile),
        ("a look needs cluster nodes", "+cluster|nodes", reconcile),
        ("joining needs cluster meet", "+cluster|meet", meet),
        ("joining needs cluster replicate", "+cluster|replicate", choose_a_master),
        ("elections need config set", "+config|set", be_electable_again),
        ("a link that makes no progress needs client kill", "+client|kill", reset_the_link),
        ("a replica without a master needs role to start again", "+role", start_again),
        ("a replica without a master needs shutdown to start again", "+shutdown", start_again),
        ("a stop needs role", "+role", stop),
        ("a stop needs shutdown", "+shutdown", stop),
        ("a stop needs time", "+time", stop),
        ("a changed acl file needs acl users", "+acl|users", read_a_changed_acl_file),
        ("a changed acl file needs acl setuser", "+acl|setuser", read_a_changed_acl_file),
        ("a changed acl file needs acl deluser", "+acl|deluser", read_a_changed_acl_file),
    )
    def removed(self, rule: str, act: Callable[[RightsTest], None]) -> None:
        self.remove(rule, [self.cluster.here], act)

    @rows(
        ("the link needs psync at the master", "+psync", connect_anew),
        ("the link needs replconf at the master", "+replconf", reconcile),
        ("a look needs info at the masters", "+info", reconcile),
        ("a look needs cluster nodes at the masters", "+cluster|nodes", reconcile),
        ("a receipt needs time at the masters", "+time", stop),
        ("an rdb that is kept is compared by dbsize at the master", "+dbsize", compare_with_what_was_kept),
        ("a start compares the volume by dbsize at the master", "+dbsize", start_with_another_history),
        ("a first start needs config get at the masters", "+config|get", start_without_a_known_timeout),
        ("a nodes conf needs cluster info at the masters", "+cluster|info", start),
        ("a nodes conf needs cluster myid at the masters", "+cluster|myid", start),
        ("a nodes conf needs cluster myshardid at the masters", SHARD_ID, start),
        ("a blank volume needs cluster forget at the masters", "+cluster|forget", start_on_a_blank_volume),
        ("a hand over needs cluster failover at the replica that takes over", "+cluster|failover", hand_over),
        ("the lock needs its key at the masters", KEY, choose_a_master),
        ("the lock needs set at the masters", "+set", choose_a_master),
        ("the lock of another instance needs get at the masters", "+get", choose_a_master_after_another_instance),
        ("the lock of another instance needs pttl at the masters", "+pttl", choose_a_master_after_another_instance),
        ("the end of the lock needs get at the masters", "+get", choose_a_master),
        ("the end of the lock needs eval at the masters", "+eval", choose_a_master),
        ("the end of the lock needs del at the masters", "+del", choose_a_master),
    )
    def removed_at_masters(self, rule: str, act: Callable[[RightsTest], None]) -> None:
        self.remove(rule, self.cluster.masters, act)

    def remove(self, rule: str, places: list[str], act: Callable[[RightsTest], None]) -> None:
        """What the agent does names the right while that is missing, and succeeds with it."""
        if rule == SHARD_ID and not self.knows_shard_ids:
            self.assertIn("Unknown command", str(self.cluster.ask(places[0], "ACL", "SETUSER", "replica", rule)))
            return
        self.missing = rule
        self.addCleanup(self.cluster.set_rule, rule, *places)
        self.cluster.set_rule("resetkeys" if rule == KEY else f"-{rule[1:]}", *places)
        with diagnostics():
            act(self)
        self.assertRegex(
            self.state, f"NOPERM .*'{re.escape(rule[1:])}'|{IN_OTHER_WORDS.get((rule, act.__name__), '^$')}"
        )

    def test_with_exactly_these_rights_nothing_is_denied(self) -> None:
        table = (*type(self).removed.rows, *type(self).removed_at_masters.rows)  # type: ignore[attr-defined]
        for act in dict.fromkeys(act for _, _, act in table):
            with self.subTest(act.__name__), diagnostics():
                self.be_in_sync()
                for at in self.cluster.servers:
                    self.cluster.ask(at, "ACL", "LOG", "RESET")
                act(self)
                self.assertEqual((self.cluster.denials(), re.findall("NOPERM.*", self.state)), (set(), []))
