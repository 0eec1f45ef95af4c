"""The agent's environment: network, clock, files and processes. It is passed in, so tests can replace each part."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress

from facts import Closed, Refused, Unknown
from folder import Folder
from report import LATER, Leave, later
from resp import Network
from settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from facts import Fact
    from resp import Command, Reply
    from secret import Secret


class Clock:
    """`uptime` is in seconds since boot. Unlike `now`, it cannot be set."""

    now, sleep = staticmethod(time.time), staticmethod(time.sleep)

    def uptime(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class Processes:
    def run(self, *argv: str, seconds: float = 60, user: tuple[int, int] | None = None) -> tuple[int | None, str]:
        """Runs a program; its status and output. On a timeout it kills the process group, and the status is None."""
        import subprocess

        who = {"user": user[0], "group": user[1], "extra_groups": []} if user and os.geteuid() == 0 else {}
        pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        try:
            child = subprocess.Popen(argv, start_new_session=True, cwd="/", **pipe, **who)  # type: ignore[call-overload]
        except OSError as error:
            return 127, f"{argv[0]}: {error.strerror}"
        try:
            output = child.communicate(timeout=seconds)[0]
            return child.returncode, output.decode("latin-1").strip()
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            return None, f"{argv[0]} was killed after {seconds:g} s"

    def ended(self, pid: int, seconds: float) -> bool:
        """Waits for a process to end; whether it has ended."""
        deadline = time.monotonic() + seconds
        while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
            time.sleep(0.02)
        return not os.path.exists(f"/proc/{pid}")

    def kill(self, pid: int) -> None:
        os.kill(pid, 9)


class World:
    """The agent's environment. All paths are below `root`, so that the agent can run in a directory."""

    def __init__(self, root: str = "", network: Network | None = None, clock: Clock | None = None) -> None:
        self.root, self.network, self.clock, self.processes = root, network or Network(), clock or Clock(), Processes()
        self.redis_user, self.agent_user = user("redis", root), user("redis-replica", root)
        self.etc = Folder(f"{root}/etc/redis-replica")
        self.run = Folder(f"{root}/run/redis-replica", 0o755, self.agent_user)
        self.state = Folder(f"{root}/var/lib/redis-replica", 0o700, self.agent_user)
        self.data = Folder(f"{root}/var/lib/redis", 0o750, self.redis_user)
        self.bin = f"{root}/opt/redis-replica/bin"
        self.settings = Settings(self.etc.text("settings"))
        # Only root writes here. Redis and the agent's user read as members of Redis's group.
        readers = (0, self.redis_user[1]) if self.redis_user else None
        self.secrets = Folder(f"{root}/run/redis-replica-secrets", owner=readers)
        if self.settings.secrets:
            from login import Login

            self.network.login = Login(self.settings, self.secrets, self.is_ours)

    def ask_here(self, *commands: Command, seconds: float = 2.0) -> list[Reply]:
        """Asks the Redis on this machine; Unknown if another user's process listens on the port."""
        port, listener = self.settings.port, self.listener()
        if self.redis_user and listener not in (-1, self.redis_user[0]):
            return [Unknown(f"port {port} is in use by a process of user {listener}")] * len(commands)
        here = f"127.0.0.1:{port}"
        return self.network.ask_all({here: list(commands)}, seconds)[here]

    def listener(self) -> int:
        return listener_of(self.settings.port)

    def is_ours(self) -> bool:
        """Whether the process that listens on the port is of Redis's user."""
        return self.listener() == (self.redis_user[0] if self.redis_user else os.geteuid())

    def runs(self) -> Fact:
        """Whether a Redis on this machine answers, even with an error: yes or no; Unknown if it is silent."""
        if self.listener() == -1:
            return "no"
        (reply,) = self.ask_here(("TIME",))
        if isinstance(reply, Unknown) and not isinstance(reply, Refused):
            return reply
        return "no" if isinstance(reply, Closed) else "yes"

    def command(self, *words: str | Secret) -> None:
        """Sends a command to the Redis on this machine; exits with 10 unless the reply is OK."""
        (reply,) = self.ask_here(words)
        if reply != "OK":
            later(self, f"{' '.join(map(str, words))}: {reply}")

    @contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """Allows one step at a time; exits with 10 on a timeout. Only the agent's user can open and lock the file."""
        with self.run.as_owner():
            path = self.run / "lock"
            if self.run.has("lock") and os.lstat(path).st_uid != os.geteuid():
                # Left by an earlier release of the agent, written in shell.
                os.unlink(path)
            file = open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))  # noqa: SIM115
        with file:
            deadline = self.clock.uptime() + seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if self.clock.uptime() >= deadline:
                        raise Leave(LATER) from None
                    self.clock.sleep(0.1)
            yield

    def systemctl(self, *words: str) -> str:
        """Runs systemctl. Does nothing if the agent runs in a directory: the machine's units are not its own."""
        return "" if self.root else self.processes.run("systemctl", *words, seconds=90)[1]


def user(name: str, root: str) -> tuple[int, int] | None:
    """A user's UID and GID. None if there is no such user, or if the agent runs in a directory."""
    import pwd

    try:
        return None if root else pwd.getpwnam(name)[2:4]
    except KeyError:
        return None


def listener_of(port: int) -> int:
    """The UID of the process that listens on a port of 127.0.0.1; -1 if there is none or it is not known."""
    # An IPv6 socket may also accept IPv4 connections.
    ips = "0100007F", "00000000", "0000000000000000FFFF00000100007F", "0" * 32
    places = [f"{ip}:{port:04X}" for ip in ips]
    for table in ("tcp", "tcp6"):
        # tcp6 does not exist if IPv6 is disabled.
        with suppress(OSError), open(f"/proc/self/net/{table}") as file:
            # There may be thousands of other sockets, and the kernel lists those that listen first.
            for row in (line.split() for line in file if " 0A " in line):
                if row[1] in places:
                    return int(row[7])
    return -1
