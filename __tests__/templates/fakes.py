"""A fake world: servers with scripted answers, a clock that only sleep() advances, and processes that do not run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence, Union

import suite

from facts import Closed, Refused, Unknown
from report import Leave
from resp import Network
from world import Clock, Processes, World

if TYPE_CHECKING:
    from resp import Command, Reply

HERE = "127.0.0.1:6379"
SETTINGS = "MASTERS='10.0.0.1 10.0.0.2 10.0.0.3'\nMAXMEMORY='0'\nBACKLOG='128mb'\nFAILOVER='allowed'\n"
# The answer to each command, or a function that returns it: a command may change the server.
Script = Mapping[str, Union[Any, Callable[[str], Any]]]


class FakeNetwork(Network):
    """`servers` has the reply to each command by address.

    A server that is not listed does not answer; on this machine, the connection is refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.servers: dict[str, Script] = {}
        self.asked: list[tuple[str, str]] = []

    def ask_all(self, questions: Mapping[str, Sequence[Command]], seconds: float = 2.0) -> dict[str, list[Reply]]:
        try:
            self.login.load() if self.login else None
        except Unknown as unknown:
            return {place: [unknown] * len(asked) for place, asked in questions.items()}
        return {
            place: [self.reply(place, " ".join(map(str, each))) for each in asked]
            if self.may_ask(place)
            else [Unknown(f"{place}: gets no password")] * len(asked)
            for place, asked in questions.items()
        }

    def reply(self, place: str, command: str) -> Reply:
        self.asked.append((place, command))
        server = self.servers.get(place)
        if server is None and place == HERE:
            return Closed(f"{place}: Connection refused")
        if server is None:
            return Unknown(f"{place}: no answer within 2 s")
        reply = server.get(command, server.get(command.split(" ")[0], Refused(f"{place}: ERR unknown command")))
        return reply(command) if callable(reply) else reply

    def sent(self, word: str, place: str = "") -> list[str]:
        """The commands that began with a word and were sent to all servers or to one."""
        return [command for at, command in self.asked if command.startswith(word) and place in ("", at)]


class FakeClock(Clock):
    def __init__(self) -> None:
        self.time = 1000.0
        self.sleep = self.pass_time  # type: ignore[assignment]
        self.now = lambda: 1_700_000_000.0 + self.time

    def pass_time(self, seconds: float) -> None:
        self.time += seconds

    def uptime(self) -> float:
        return self.time


class FakeProcesses(Processes):
    """`results` has the status and output of programs by the name of their file."""

    def __init__(self) -> None:
        self.results: dict[str, tuple[int | None, str]] = {}
        self.ran: list[tuple[str, ...]] = []
        self.killed: list[int] = []
        # Whether Redis's process has ended. A command may end it.
        self.is_over = False

    def run(self, *argv: str, seconds: float = 60, user: tuple[int, int] | None = None) -> tuple[int | None, str]:
        self.ran.append(argv)
        return self.results.get(os.path.basename(argv[0]), (0, ""))

    def ended(self, pid: int, seconds: float) -> bool:
        return self.is_over

    def kill(self, pid: int) -> None:
        self.killed.append(pid)


class FakeWorld(World):
    """A world in a directory of its own, with the folders and files that exist after `prepare` has run at 10.0.0.4."""

    network: FakeNetwork
    clock: FakeClock
    processes: FakeProcesses

    def __init__(self, root: str, settings: str = SETTINGS) -> None:
        for folder in ("etc/redis-replica", "run", "var/lib", "opt/redis-replica/bin"):
            os.makedirs(f"{root}/{folder}")
        put(f"{root}/etc/redis-replica/settings", settings)
        put(f"{root}/opt/redis-replica/bin/redis-server", "\x7fELF\0save\0appendonly\0cluster-enabled\0")
        super().__init__(root, FakeNetwork(), FakeClock())
        self.processes = FakeProcesses()
        self.processes.results["redis-server"] = 0, "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"
        for each in (self.run, self.state, self.data):
            each.make()
        self.run.write("address", "10.0.0.4\n")

    def listener(self) -> int:
        return os.getuid() if HERE in self.network.servers else -1

    @property
    def shown_state(self) -> str:
        return self.run.text("state").strip()


def put(path: str, text: str | bytes) -> None:
    """Writes a file and creates the folders above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("latin-1"))


def info(**fields: object) -> str:
    """An answer to INFO."""
    return "# Fields\r\n" + "".join(f"{name}:{value}\r\n" for name, value in fields.items())


def left_with(act: Callable[[], object]) -> tuple[int, str]:
    """The exit code of a function, 0 if it returns, and its log."""
    with suite.diagnostics() as log:
        try:
            act()
        except Leave as leave:
            return leave.code, log.getvalue()
    return 0, log.getvalue()
