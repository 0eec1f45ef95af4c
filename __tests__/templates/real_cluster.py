"""A cluster of real servers on loopback, with access control lists, and an instance whose agent runs in this process.

The masters are at 127.0.0.2 to 127.0.0.4, the instance is at 127.0.0.10. All of them use one port.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from threading import Thread
from typing import TYPE_CHECKING, Any, Callable, Mapping
from unittest import mock

from fakes import put
from metadata_service import MetadataService
from suite import INSTANCE

import credentials
import trouble
from facts import Closed
from folder import Folder
from login import PASSWORDS, Login
from resp import Network
from rotation import CHECKED, SOURCES, sources
from secret import Secret
from settings import Settings
from world import World

if TYPE_CHECKING:
    from resp import Reply

# Another server is tested by naming its program: Redis 8 and Valkey have the same tests.
SERVER = os.environ.get("REDIS_SERVER") or shutil.which("redis-server") or ""
HOSTS = "127.0.0.2", "127.0.0.3", "127.0.0.4"
HOST, HERE = "127.0.0.10", "127.0.0.1"
SLOTS = 16384
OPERATOR = "user default off\nuser operator on >operator ~* &* +@all\n"
COMMON = (
    "protected-mode no",
    'save ""',
    "cluster-enabled yes",
    "cluster-node-timeout 2000",
    "repl-diskless-sync-delay 0",
    # Nothing here runs for longer than half a minute.
    "repl-timeout 30",
)


def free_port() -> int:
    """A port that is free, and so is that of the cluster bus, which is higher by 10,000."""
    while True:
        port = random.randrange(12000, 22000)
        try:
            for each in (port, port + 10000):
                with socket.socket() as found:
                    found.bind(("", each))
            return port
        except OSError:
            continue


class Instance(World):
    """An instance in a folder, where nothing is replaced but the journal: Redis logs to a file there."""

    def journal(self, _: World, match: str = "") -> list[str]:
        with open(f"{self.root}/redis.log", "rb") as file:
            # Without a right, Redis connects and logs in a loop, so this may be a long file.
            file.seek(max(0, file.seek(0, os.SEEK_END) - 50_000))
            return file.read().decode("latin-1").split("\n")

    @property
    def shown_state(self) -> str:
        return self.run.text("state").strip()


class RealCluster:
    """`rules` are those of the agent's user on the masters and on the replicas."""

    def __init__(self, rules: Mapping[str, list[str]]) -> None:
        self.folder, self.port = tempfile.mkdtemp(prefix="cluster-"), free_port()
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.rules = {name: " ".join(each) for name, each in rules.items()}
        self.service = MetadataService()
        self.service.answers["/latest/meta-data/local-ipv4"] = 200, HOST
        self.masters = [f"{host}:{self.port}" for host in HOSTS]
        self.here = f"{HERE}:{self.port}"
        put(f"{self.folder}/operator/{PASSWORDS}", "operator\n")
        names = f"AUTH_USER='operator'\nAUTH_PASSWORD='-'\nMASTERS='{' '.join(self.masters)}'\n"
        self.network = Network(login=Login(Settings(names), Folder(f"{self.folder}/operator"), lambda: True))
        self.world = self.new_instance()
        self.patches: list[Any] = [
            mock.patch.dict(os.environ, REDIS_REPLICA_IMDS=self.service.address),
            mock.patch.object(trouble, "journal", lambda world, match="": world.journal(world, match)),
            mock.patch.object(credentials, "file_system", return_value="tmpfs"),
        ]
        for each in self.patches:
            each.start()

    def acl(self, place: str) -> str:
        return f"{OPERATOR}user replica on >agent {self.rules[place]}\n"

    def new_instance(self) -> Instance:
        """An instance after its user data: the settings, the programs, and the secrets that `prepare` has fetched."""
        root = f"{self.folder}/instance"
        settings = {
            "MASTERS": " ".join(HOSTS),
            "PORT": str(self.port),
            **{"MAXMEMORY": "0", "BACKLOG": "1mb", "FAILOVER": "allowed"},
            # On loopback the source of a connection is another address than that of the server.
            "DIRECTIVES": f"replica-announce-ip {HOST}\nlogfile {root}/redis.log\nrepl-diskless-sync-delay 0",
            **{"AUTH_USER": "replica", "AUTH_PASSWORD": "file:/-", "ACL_FILE": "file:/-"},
        }
        put(f"{root}/etc/redis-replica/settings", "".join(f"{name}='{value}'\n" for name, value in settings.items()))
        shutil.copy(f"{INSTANCE}/etc/redis-replica/redis.conf", f"{root}/etc/redis-replica")
        for folder in ("opt/redis-replica/bin", "run", "var/lib"):
            os.makedirs(f"{root}/{folder}")
        os.symlink(SERVER, f"{root}/opt/redis-replica/bin/redis-server")
        world = Instance(root)
        for each in (world.run, world.state, world.data, world.secrets):
            each.make()
        self.store_acl(world, self.acl("replicas"))
        world.secrets.write(SOURCES, sources(world))
        return world

    def store_acl(self, world: World, text: str) -> None:
        """What a refresh of the secrets does with an ACL file that it has fetched."""
        credentials.replace(world, {"AUTH_PASSWORD": Secret(b"agent"), "ACL_FILE": Secret(text.encode())})
        # Nothing is due: there is no store to ask.
        world.secrets.write(CHECKED, f"{world.clock.uptime() + 3600:.0f}")

    def start_masters(self) -> None:
        for host in HOSTS:
            folder = f"{self.folder}/{host}"
            put(f"{folder}/users.acl", self.acl("masters"))
            own = f"bind {host}", f"port {self.port}", f"dir {folder}", f"logfile {folder}/redis.log"
            names = f"cluster-announce-ip {host}", f"replica-announce-ip {host}"
            login = f"aclfile {folder}/users.acl", "masteruser replica", "masterauth agent"
            put(f"{folder}/redis.conf", "\n".join([*own, *names, *login, *COMMON, ""]))
            self.start(f"{host}:{self.port}", f"{folder}/redis.conf")
        share = SLOTS // len(HOSTS) + 1
        for index, at in enumerate(self.masters):
            self.ask(at, "CLUSTER", "SET-CONFIG-EPOCH", str(index + 1))
            self.ask(at, "CLUSTER", "ADDSLOTSRANGE", str(index * share), str(min(index * share + share, SLOTS) - 1))
            self.ask(at, "CLUSTER", "MEET", HOSTS[0], str(self.port))
        for at in self.masters:
            self.until(lambda at=at: "cluster_state:ok" in str(self.ask(at, "CLUSTER", "INFO")))  # type: ignore[misc]

    def start_here(self) -> None:
        """Starts the Redis of the instance with what `prepare` has written."""
        self.start(self.here, f"{self.world.root}/run/redis-replica/redis.conf")

    def start(self, at: str, conf: str) -> None:
        self.servers[at] = server = subprocess.Popen([SERVER, conf], stdin=subprocess.DEVNULL)
        # A process that has ended, and was not waited for, counts as one that runs.
        Thread(target=server.wait, daemon=True).start()
        self.until(lambda: isinstance(self.ask(at, "TIME"), list))

    def ask(self, at: str, *command: str) -> Reply:
        """What a server answers to the operator."""
        return self.network.ask(at, *command)

    def until(self, holds: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("the cluster is not ready")
            # A look of the agent takes 40 ms of a core.
            time.sleep(0.1)

    def set_rule(self, rule: str, *places: str) -> None:
        """Gives the agent's user a right at these servers, or takes it."""
        for at in places:
            answer = self.ask(at, "ACL", "SETUSER", "replica", rule)
            # One that was stopped starts with all rights.
            if answer != "OK" and not isinstance(answer, Closed):
                raise ValueError(f"{at}: {rule}: {answer}")

    def denials(self) -> set[str]:
        """The commands that servers have denied to the agent's user."""
        found = set()
        for at in self.servers:
            entries = self.ask(at, "ACL", "LOG")
            # One that was stopped has none.
            for entry in entries if isinstance(entries, list) else ():
                fields = dict(zip(entry[::2], entry[1::2]))
                found |= {fields["object"]} if fields["username"] == "replica" else set()
        return found

    def close(self) -> None:
        for each in reversed(self.patches):
            each.stop()
        for server in self.servers.values():
            server.kill()
            server.wait()
        self.service.shutdown()
        self.service.server_close()
        shutil.rmtree(self.folder)
