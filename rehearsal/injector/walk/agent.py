"""Runs commands of the agent in a directory, with every question sent through the injector.

Usage: agent.py LIB ROOT PROXY-PORT. Each line of the input is a request, {"argv": […], "ahead": SECONDS,
"environment": {…}}, and is answered by one line, {"code": …, "log": …, "ahead": SECONDS}. The agent's uptime is `ahead`
of the machine's. Long waits move this clock, and a server has less time to answer than on an instance.
"""

from __future__ import annotations

import json
import os
import runpy
import socket
import sys
import time
from contextlib import redirect_stderr
from io import StringIO

LIB, ROOT, PROXY = sys.argv[1:4]
sys.dont_write_bytecode = True
sys.path.insert(0, LIB)

import resp  # noqa: E402
from world import Clock, Processes, World  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Sequence

    from resp import Command, Reply

agent_main = runpy.run_path(f"{LIB}/__main__.py")["main"]

# The share of a question's two seconds that is waited for, and the seconds for a question that may take minutes.
SHARE, LONG = 0.4, 4.0
# The longest real pause, and the shortest pause that moves the clock. Shorter ones are cut: polling is more frequent.
PAUSE, SKIP = 0.3, 4.0


class MovedClock(Clock):
    def __init__(self) -> None:
        self.ahead = 0.0
        self.sleep = self.skip  # type: ignore[assignment]

    def uptime(self) -> float:
        return super().uptime() + self.ahead

    def skip(self, seconds: float) -> None:
        real = min(seconds, PAUSE)
        time.sleep(real)
        self.ahead += seconds - real if seconds >= SKIP else 0


class ShortProcesses(Processes):
    def ended(self, pid: int, seconds: float) -> bool:
        return super().ended(pid, min(seconds, 3))


class ProxiedNetwork(resp.Network):
    def __init__(self, clock: MovedClock) -> None:
        super().__init__(dial)
        self.clock = clock

    def ask_all(self, questions: Mapping[str, Sequence[Command]], seconds: float = 2.0) -> dict[str, list[Reply]]:
        short = seconds * SHARE if seconds <= 2 else min(seconds, LONG)
        begun = time.monotonic()
        replies = super().ask_all(questions, short)
        if seconds > 2 and time.monotonic() - begun >= short:
            self.clock.ahead += seconds - short
        return replies


def dial(address: tuple[str, int], seconds: float) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(PROXY)), seconds)
    connection.sendall(f"TO {address[0]}:{address[1]}\n".encode())
    return connection


def main() -> None:
    clock = MovedClock()
    for line in sys.stdin:
        request = json.loads(line)
        clock.ahead = request["ahead"]
        os.environ.update(request["environment"])
        world = World(ROOT, ProxiedNetwork(clock), clock)
        world.processes = ShortProcesses()
        with redirect_stderr(StringIO()) as log:
            code = agent_main(request["argv"], world)
        print(json.dumps({"code": int(code), "log": log.getvalue(), "ahead": clock.ahead}), flush=True)


if __name__ == "__main__":
    main()
