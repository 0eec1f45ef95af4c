"""Writes the redis.conf of this machine."""

from __future__ import annotations

import re
from functools import lru_cache

import metadata
import modules
from facts import NoPermission
from login import ACL, AUTH_CONF, CA, CERTIFICATE, KEY
from report import later
from typed import integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from resp import Info
    from view import View
    from world import World

# Redis's default in ms, used if no master has reported a value.
NODE_TIMEOUT = 15_000
# Values outside these bounds are ignored.
LEAST, MOST = 100, 600_000
# The directive that names the zone of the machine, from Valkey 8.1 on.
ZONE = "availability-zone"


def node_timeout(world: World, view: View | None = None) -> int:
    """cluster-node-timeout in ms: that of the settings, or the median of what the masters report, or the last known."""
    if world.settings["NODE_TIMEOUT"]:
        return integer(world.settings["NODE_TIMEOUT"], LEAST, MOST)
    question = [("CONFIG", "GET", "cluster-node-timeout")]
    replies = world.network.ask_all({voter.address: question for voter in view.voters}) if view else {}
    values = [reply[1] for (reply,) in replies.values() if isinstance(reply, list) and len(reply) == 2]
    for several in (values, [world.state.text("node-timeout").strip()]):
        valid = sorted(int(value) for value in several if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value))
        valid = [value for value in valid if LEAST <= value <= MOST]
        if valid:
            world.state.write("node-timeout", f"{valid[len(valid) // 2]}\n")
            return valid[len(valid) // 2]
    denied = next((reply for (reply,) in replies.values() if isinstance(reply, NoPermission)), None)
    if denied:
        later(world, f"the masters' cluster-node-timeout is not known: {denied}")
    return NODE_TIMEOUT


def window(world: World) -> float:
    """W in seconds: a minute or six node timeouts, whichever is longer. A failed election and its retry fit into it."""
    return max(60.0, node_timeout(world) * 6 / 1000)


@lru_cache(maxsize=1)
def program(world: World) -> bytes:
    """The installed server, which has the names of the directives that it supports. It is read once in a process."""
    with open(f"{world.bin}/redis-server", "rb") as file:
        return file.read()


def knows_zones(world: World) -> bool:
    return ZONE.encode() in program(world)


def render(world: World, ip: str, timeout: int, aof: bool) -> str:
    """redis.conf: the common directives that the installed server supports, then the settings, then this machine's."""
    settings, known, zone = world.settings, program(world), metadata.zone(world)
    common = [line for line in world.etc.text("redis.conf").split("\n") if line[:1] not in ("", "#")]
    lines = [line for line in common if line.split()[0].encode() in known]
    lines += [f"maxmemory {settings['MAXMEMORY']}", f"repl-backlog-size {settings['BACKLOG']}", settings["DIRECTIVES"]]
    lines += modules.lines(world)
    lines += [f"dir {world.root}/var/lib/redis", f"port {settings.port}", f"bind {ip} 127.0.0.1", "protected-mode no"]
    lines += [f"cluster-port {settings['BUS_PORT']}"] if settings["BUS_PORT"] else []
    lines += [f"appendonly {'yes' if aof else 'no'}", "appendfsync everysec"]
    lines += [f"cluster-announce-ip {ip}", f"cluster-node-timeout {timeout}"]
    name = hostname(world, ip)
    lines += [f"cluster-announce-hostname {name}"] if name else []
    lines += [f"{ZONE} {zone}"] if isinstance(zone, str) and ZONE.encode() in known else []
    lines += protection(world)
    return "\n".join(lines) + "\n"


def hostname(world: World, ip: str) -> str:
    """The host name that the settings have for this machine; empty if they have none."""
    name = world.settings["ANNOUNCE_HOSTNAME"]
    # As in EC2's own names, such as ip-10-0-1-21.ec2.internal.
    values = {"{instance-id}": world.state.text("instance-id").strip(), "{private-ip}": re.sub("[.:]", "-", ip)}
    for placeholder, value in values.items():
        name = name.replace(placeholder, value)
    return name


def protection(world: World) -> list[str]:
    """The directives of TLS, and the file with those that have a password. All of them are below /run."""
    settings, folder, lines = world.settings, world.secrets, []
    if settings["TLS_CA"]:
        files = ("ca-cert", CA), ("cert", CERTIFICATE), ("key", KEY)
        lines += ["port 0", f"tls-port {settings.port}", *(f"tls-{name}-file {folder / file}" for name, file in files)]
        lines += [f"tls-auth-clients {settings['TLS_CLIENTS'] or 'yes'}", "tls-replication yes", "tls-cluster yes"]
    if settings["AUTH_PASSWORD"] or settings["ACL_FILE"]:
        lines.append(f"include {folder / AUTH_CONF}")
    # Not in that file: a change restarts Redis. The agent cannot log in to it as a user that it does not have.
    lines += [f"masteruser {settings['AUTH_USER']}"] if settings["AUTH_USER"] not in ("", "default") else []
    lines += [f"aclfile {folder / ACL}"] if settings["ACL_FILE"] else []
    return lines


def saves(conf: str) -> str:
    """The points of `save` in a redis.conf, as CONFIG SET takes them. An empty one resets those before."""
    points: list[str] = []
    for line in conf.split("\n"):
        name, _, point = line.partition(" ")
        if name == "save":
            points = [*points, point] if point.strip("\"'") else []
    return " ".join(points)


def version(info: Info) -> tuple[str, list[int]]:
    """A server's engine and release, such as Redis 7.0.15; raises Unknown, LookupError or ValueError."""
    engine = "Valkey" if "valkey_version" in info.fields else "Redis"
    return engine, [integer(part, 0, 9999) for part in info[f"{engine.lower()}_version"].split(".")]


def show(version: tuple[str, list[int]]) -> str:
    return f"{version[0]} {'.'.join(map(str, version[1]))}"


def misfit(mine: tuple[str, list[int]], theirs: tuple[str, list[int]], where: str) -> str:
    """Why the server `mine` cannot load the data that `theirs` has written; empty if it can."""
    text = f"{show(mine)} cannot read the data of {show(theirs)} {where}: install {show(theirs)} or newer"
    return "" if can_read(mine, theirs) else text


def can_read(mine: tuple[str, list[int]], theirs: tuple[str, list[int]]) -> bool:
    """Whether the server `mine` can load the RDB of `theirs`: its release must be at least as new.

    Valkey was forked from Redis 7.2. It cannot load RDB files of Redis 7.4, and Redis cannot load those of Valkey 9.
    """
    ours, other = mine[1][:2], theirs[1][:2]
    if mine[0] == theirs[0]:
        return ours >= other
    return other <= [7, 2] if theirs[0] == "Redis" else other < [9, 0] and ours >= [7, 2]
