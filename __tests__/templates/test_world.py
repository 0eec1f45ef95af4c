from __future__ import annotations

import os
import socket
import time
from unittest import mock

from fakes import HERE, FakeWorld, left_with
from suite import Case, rows

import world as module
from facts import Closed, Refused, Unknown
from secret import Secret
from world import Processes, World, listener_of


class LockTest(Case):
    def test_a_step_waits_for_another_and_exits_with_10_on_a_timeout(self) -> None:
        world = FakeWorld(self.folder())
        begun = world.clock.time

        def again() -> None:
            with world.lock(60):
                self.fail("two hold the lock")

        with world.lock(1):
            self.assertEqual(left_with(again)[0], 10)
        self.assertAlmostEqual(world.clock.time - begun, 60, 0)

    def test_a_lock_is_released_after_every_kind_of_end(self) -> None:
        world = FakeWorld(self.folder())
        with self.assertRaises(ValueError), world.lock(1):
            raise ValueError
        with world.lock(1):
            pass

    def test_only_the_agents_user_may_open_the_lock_file(self) -> None:
        world = FakeWorld(self.folder())
        with world.lock(1):
            self.assertEqual(os.stat(world.run / "lock").st_mode & 0o777, 0o600)

    def test_a_link_in_place_of_the_lock_file_is_not_followed(self) -> None:
        world = FakeWorld(self.folder())
        os.symlink("target", world.run / "lock")
        with self.assertRaises(OSError), world.lock(1):
            pass
        self.assertFalse(world.run.has("target"))


class ListenerTest(Case):
    def listen(self, family: int, address: str) -> int:
        listener = socket.socket(family)
        self.addCleanup(listener.close)
        listener.bind((address, 0))
        listener.listen()
        return int(listener.getsockname()[1])

    def test_the_user_of_a_listener_is_found(self) -> None:
        for family, address in (
            (socket.AF_INET, "127.0.0.1"),
            (socket.AF_INET, "0.0.0.0"),
            (socket.AF_INET6, "::"),
            (socket.AF_INET6, "::ffff:127.0.0.1"),
        ):
            with self.subTest(address=address):
                if family == socket.AF_INET6 and not os.path.exists("/proc/self/net/if_inet6"):
                    continue
                self.assertEqual(listener_of(self.listen(family, address)), os.getuid())

    def test_a_port_without_a_listener_has_no_user(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.assertEqual(listener_of(unused.getsockname()[1]), -1)

    def asked(self, listener: int) -> object:
        world = FakeWorld(self.folder())
        world.redis_user = 999, 999
        world.network.servers[HERE] = {"ROLE": ["master"]}
        with mock.patch.object(world, "listener", return_value=listener):
            (reply,) = world.ask_here(("ROLE",))
        return reply

    @rows(
        ("a port without a listener", -1, Unknown("Connection reset by peer"), "no"),
        ("a listener that refuses the connection", 0, Closed(f"{HERE}: Connection refused"), "no"),
        ("a listener that answers", 0, ["1", "2"], "yes"),
        ("a listener that answers with an error", 0, Refused("LOADING"), "yes"),
        ("a listener that is silent", 0, Unknown("no answer within 2 s"), Unknown),
    )
    def runs_with(self, listener: int, reply: object, result: object) -> None:
        world = FakeWorld(self.folder())
        world.network.servers[HERE] = {"TIME": reply}
        with mock.patch.object(world, "listener", return_value=listener):
            found = world.runs()
        self.assertEqual(type(found) if isinstance(found, Unknown) else found, result)

    def test_another_users_process_is_not_asked(self) -> None:
        reply = self.asked(1000)
        self.assertIsInstance(reply, Unknown)
        self.assertEqual(str(reply), "port 6379 is in use by a process of user 1000")
        self.assertIsInstance(self.asked(0), Unknown)

    @rows(
        ("redis own user", 999, True),
        ("another user", 1000, False),
        ("an unknown user, or none", -1, False),
    )
    def the_listener_is_ours_if_it_is(self, listener: int, is_ours: bool) -> None:
        world = FakeWorld(self.folder())
        world.redis_user = 999, 999
        with mock.patch.object(world, "listener", return_value=listener):
            self.assertEqual(world.is_ours(), is_ours)

    def test_redis_own_user_is_asked(self) -> None:
        self.assertEqual(self.asked(999), ["master"])


class CommandTest(Case):
    def test_a_command_that_redis_rejects_is_waited_for_with_its_answer(self) -> None:
        for reply in (Unknown("127.0.0.1: no answer"), Refused("ERR no\x1b"), None, 1, "QUEUED"):
            world = FakeWorld(self.folder())
            world.network.servers[HERE] = {"CONFIG": reply}
            self.assertEqual(left_with(lambda world=world: world.command("CONFIG", "SET", "a", "b"))[0], 10)  # type: ignore[misc]
            self.assertRegex(world.shown_state, "^waiting: CONFIG SET a b: [ -~]+$")

    def test_a_rejected_command_does_not_show_a_secret(self) -> None:
        world = FakeWorld(self.folder())
        world.network.servers[HERE] = {"CONFIG": Refused("ERR no")}
        left_with(lambda: world.command("CONFIG", "SET", "a", Secret(b"needle")))
        self.assertEqual(world.shown_state, "waiting: CONFIG SET a ***: ERR no")

    def test_in_a_directory_no_unit_of_the_machine_is_changed(self) -> None:
        world = FakeWorld(self.folder())
        self.assertEqual(world.systemctl("stop", "redis"), "")
        self.assertEqual(world.processes.ran, [])

    def test_in_a_directory_there_are_no_other_users(self) -> None:
        world = World(self.folder())
        self.assertEqual((world.redis_user, world.agent_user, world.settings.port), (None, None, 6379))
        self.assertIsNone(module.user("no-such-user", ""))
        self.assertEqual(module.user("root", ""), (0, 0))


class ProcessesTest(Case):
    def test_a_program_has_a_status_and_an_output(self) -> None:
        self.assertEqual(Processes().run("sh", "-c", "echo out; echo err >&2; exit 3"), (3, "out\nerr"))

    def test_a_program_that_is_missing_has_127(self) -> None:
        status, output = Processes().run("/nonexistent/program")
        self.assertEqual((status, output), (127, "/nonexistent/program: No such file or directory"))

    def test_a_program_has_no_input_and_runs_in_the_root_directory(self) -> None:
        self.assertEqual(Processes().run("sh", "-c", "cat; pwd"), (0, "/"))

    def test_on_a_timeout_a_program_is_killed_with_its_children(self) -> None:
        begun = time.monotonic()
        status, output = Processes().run("sh", "-c", "trap '' TERM; sleep 300 & sleep 300", seconds=0.5)
        self.assertEqual((status, output), (None, "sh was killed after 0.5 s"))
        self.assertLess(time.monotonic() - begun, 5)

    def test_ended_returns_at_once_for_an_ended_process_and_after_the_timeout_for_a_running_one(self) -> None:
        begun = time.monotonic()
        self.assertFalse(Processes().ended(os.getpid(), 0.2))
        self.assertTrue(Processes().ended(2**22 + 1, 60))
        self.assertLess(time.monotonic() - begun, 5)
