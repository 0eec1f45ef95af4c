from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import subprocess
import sys
from types import ModuleType
from typing import Any
from unittest import mock

import suite
from fakes import HERE, FakeWorld, put
from suite import Case, rows

import server_conf
import setup
from facts import Closed, Refused, Unknown
from report import LATER, Leave


def load() -> ModuleType:
    """Imports __main__.py under another name, since the program that runs these tests has its own __main__."""
    spec = importlib.util.spec_from_file_location("agent", f"{suite.LIB}/__main__.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class MainTest(Case):
    def setUp(self) -> None:
        self.agent, self.world = load(), FakeWorld(self.folder())

    def run_agent(self, *argv: str) -> tuple[int, str, str]:
        with contextlib.redirect_stdout(io.StringIO()) as out, suite.diagnostics() as log:
            code = int(self.agent.main(list(argv), self.world))
        return code, out.getvalue(), log.getvalue()

    @rows(
        ("help exits with 0", "help", 0),
        ("a command that does not exist exits with 1", "restart", 1),
        ("no command exits with 1", "", 1),
    )
    def usage(self, command: str, expected: int) -> None:
        code, out, _ = self.run_agent(*filter(None, [command]))
        self.assertEqual((code, out.split("\n")[0]), (expected, "usage: redis-replica COMMAND"))

    def test_status_exits_with_the_code_of_the_state(self) -> None:
        put(self.world.run / "state", "refused: x\n")
        self.assertEqual(self.run_agent("status")[:2], (20, "refused: x\n"))
        self.assertIn('"exit_code": 20', self.run_agent("status", "--json")[1])

    def test_user_data_sets_the_states_waiting_and_refused(self) -> None:
        self.world.network.servers[HERE] = {"TIME": Closed(f"{HERE}: Connection refused")}
        self.assertEqual(
            (self.run_agent("later", "downloading")[0], self.world.shown_state), (10, "waiting: downloading")
        )
        self.assertEqual(
            (self.run_agent("refuse", "no package")[0], self.world.shown_state), (20, "refused: no package")
        )
        self.assertEqual(self.run_agent("accept")[0], 0)
        self.assertEqual(self.world.run.text("accepted"), "install")

    @rows(
        ("an installation that fails beside a running Redis refuses nothing", ["1", "2"]),
        ("an installation that fails while Redis is loading refuses nothing", Refused("LOADING")),
        ("an installation that fails while Redis has no link to its master refuses nothing", Refused("MASTERDOWN")),
        ("an installation that fails while Redis is silent refuses nothing", Unknown("timed out")),
    )
    def beside_redis(self, reply: object) -> None:
        self.world.network.servers[HERE] = {"TIME": reply}
        self.assertEqual(self.run_agent("refuse", "no package")[0], 20)
        self.assertEqual((self.world.shown_state, self.world.run.has("refused")), ("refused: no package", False))

    def test_accept_without_a_refusal_exits_with_1_and_retry_with_0(self) -> None:
        self.assertEqual((self.run_agent("accept")[0], self.run_agent("retry")[0]), (1, 0))

    @rows(
        (
            "a full disk exits with 10",
            OSError(28, "No space left on device"),
            "OSError: [Errno 28] No space left on device",
        ),
        ("a programming error exits with 10", AttributeError("x\x1b[2J"), "AttributeError: x?[2J"),
    )
    def errors(self, error: Exception, text: str) -> None:
        with mock.patch("report.status", side_effect=error):
            code, _, log = self.run_agent("status")
        self.assertEqual((code, self.world.shown_state), (LATER, f"waiting: {text}"))
        self.assertIn(text, log)

    @rows(
        ("join runs for ten minutes", "join", 600),
        ("reconcile runs for less than its timer's minute", "reconcile", 50),
    )
    def looks(self, command: str, seconds: int) -> None:
        with mock.patch("join.join_within", return_value=10) as looked:
            self.assertEqual(self.run_agent(command)[0], 10)
        looked.assert_called_once_with(self.world, seconds)

    @rows(
        ("prepare calls its function", "prepare.prepare", ["prepare"], {}, ()),
        ("stop gets the process ID of Redis", "stop.stop", ["stop"], {"MAINPID": "7"}, (7,)),
        ("stop gets 0 if there is no process", "stop.stop", ["stop"], {"MAINPID": ""}, (0,)),
        (
            "stopped gets the result and the status",
            "stop.stopped",
            ["stopped", "signal"],
            {"EXIT_STATUS": "SEGV"},
            ("signal", "SEGV"),
        ),
        ("setup calls its function", "setup.setup", ["setup"], {}, ()),
        ("leave calls its function", "leave.leave", ["leave"], {}, ()),
    )
    def steps(self, step: str, argv: list[str], environment: dict[str, str], words: tuple[Any, ...]) -> None:
        with mock.patch(step) as run, mock.patch.dict(os.environ, environment):
            self.assertEqual(self.run_agent(*argv)[0], 0)
        run.assert_called_once_with(self.world, *words)

    def test_watch_imports_neither_the_network_of_redis_nor_regular_expressions(self) -> None:
        # It runs all the time, and has less than 10 MiB of memory.
        program = "import sys, time; time.sleep = lambda _: sys.exit(' '.join(sorted(sys.modules)))\n"
        program += f"sys.path.insert(0, {suite.LIB!r}); sys.argv[1:] = ['watch']\n"
        program += f"exec(open({suite.LIB + '/__main__.py'!r}).read())"
        environment = {"REDIS_REPLICA_IMDS": "127.0.0.1:1", "REDIS_REPLICA_ROOT": self.folder()}
        done = subprocess.run([sys.executable, "-IBSc", program], env=environment, capture_output=True, text=True)
        loaded = set(done.stderr.split())
        self.assertLessEqual({"watch", "imds"}, loaded)
        self.assertEqual(loaded & {"world", "report", "typed", "re", "socket", "enum", "typing", "contextlib"}, set())


class SetupTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.world.run.write("state", "in sync: x\n")

    def set_up(self, code: int) -> int:
        with mock.patch.object(setup, "join_within", return_value=code), suite.diagnostics():
            try:
                setup.setup(self.world)
            except Leave as leave:
                return leave.code
        return 0

    @rows(
        ("user data succeeds if the node is in sync", 0, 0),
        ("user data succeeds if the timer can continue", 10, 0),
        ("user data fails if an operator must act", 20, 20),
    )
    def codes(self, code: int, expected: int) -> None:
        self.assertEqual(self.set_up(code), expected)

    def test_a_restart_waits_until_redis_has_loaded_its_data(self) -> None:
        answers, left = ["loading:0", "loading:1", "loading:1"], []
        self.world.network.servers[HERE] = {"INFO": lambda _: answers.pop()}

        def systemctl(*words: str) -> str:
            left.append((words[0], len(answers)))
            return ""

        with (
            mock.patch.object(setup, "restart_due", return_value=7),
            mock.patch.object(self.world, "systemctl", systemctl),
        ):
            self.set_up(0)
        self.assertEqual(left, [("restart", 0)])

    def test_a_running_redis_is_left_alone_if_a_new_module_is_missing(self) -> None:
        self.world.settings.all["MODULES"] = "/nowhere/search.so"
        with mock.patch.object(setup, "restart_due", return_value=7):
            self.assertEqual(self.set_up(0), 20)
        self.assertIn("refused: the module /nowhere/search.so is missing", self.world.shown_state)
        self.assertFalse(self.world.run.has("refused"))

    def test_before_a_restart_with_new_secrets_they_are_fetched(self) -> None:
        image = self.folder()
        put(f"{image}/a", "needle")
        self.world = FakeWorld(self.folder(), f"AUTH_PASSWORD='file:{image}/a'\n")
        with (
            mock.patch.object(setup, "restart_due", return_value=7),
            mock.patch("credentials.file_system", return_value="tmpfs"),
        ):
            self.assertEqual(self.set_up(0), 0)
            self.assertEqual(self.world.secrets.text("passwords"), "needle\n")
            os.unlink(f"{image}/a")
            self.world.clock.time += 9000
            self.assertEqual(self.set_up(0), 0)

    def test_a_running_redis_is_left_alone_until_its_new_secrets_are_there(self) -> None:
        self.world = FakeWorld(self.folder(), "AUTH_PASSWORD='file:/nowhere/a'\n")
        left: list[str] = []

        def systemctl(*words: str) -> str:
            left.append(words[0])
            return ""

        with (
            mock.patch.object(setup, "restart_due", return_value=7),
            mock.patch("credentials.file_system", return_value="tmpfs"),
            mock.patch.object(self.world, "systemctl", systemctl),
        ):
            begun = self.world.clock.time
            self.assertEqual(self.set_up(0), 10)
        self.assertEqual(left, [])
        self.assertGreaterEqual(self.world.clock.time - begun, 600)
        self.assertIn("waiting: the secrets are not there yet: file:/nowhere/a", self.world.shown_state)

    def test_a_refusal_of_new_secrets_is_not_waited_for(self) -> None:
        self.world = FakeWorld(self.folder(), "AUTH_PASSWORD='file:/nowhere/a'\n")
        begun = self.world.clock.time
        with (
            mock.patch.object(setup, "restart_due", return_value=7),
            mock.patch("credentials.file_system", return_value="ext4"),
        ):
            self.assertEqual(self.set_up(0), 20)
        self.assertEqual(self.world.clock.time, begun)
        self.assertIn("secrets are kept in memory only", self.world.shown_state)

    def due(self, program: str, conf: str) -> bool:
        put(self.world.etc / "redis.conf", "save 60 1\n")
        wanted = server_conf.render(
            self.world, "10.0.0.4", server_conf.node_timeout(self.world), "appendonly yes" in conf
        )
        self.world.run.write("redis.conf", conf or wanted)
        installed = os.path.realpath(f"{self.world.bin}/redis-server")
        self.world.systemctl = lambda *words: "7"  # type: ignore[method-assign]
        with mock.patch("os.readlink", side_effect=[program or installed] if program != "none" else OSError):
            return setup.restart_due(self.world) == 7

    @rows(
        ("no restart is due if nothing changed", "", "", False),
        ("a restart is due for another server", "/opt/redis-replica/redis-6/redis-server", "", True),
        ("a restart is due for another configuration", "", "port 1\n", True),
        ("no restart is due if Redis does not run", "none", "port 1\n", False),
    )
    def restarts(self, program: str, conf: str, due: bool) -> None:
        self.assertEqual(self.due(program, conf), due)
