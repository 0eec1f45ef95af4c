"""The installed server: its version, and whether it can run with these settings on this volume."""

from __future__ import annotations

from functools import lru_cache

from modules import missing
from report import refuse
from resp import Info
from server_conf import misfit, version
from volume import read_rdb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World


@lru_cache(maxsize=1)
def release(world: World) -> str:
    """The version in the form of INFO. The program prints "Redis server v=7.0.15 ...". It is run once in a process."""
    argv = f"{world.bin}/redis-server", "--version"
    text = world.processes.run(*argv, seconds=5, user=world.redis_user)[1]
    engine, _, rest = text.partition(" server v=")
    return f"{engine.lower()}_version:{rest.split(' ')[0]}"


def check(world: World) -> None:
    """Exits with 20 if a module is missing, or if the RDB on this volume is of a newer server, and cannot be loaded."""
    module = missing(world)
    if module:
        refuse(world, module, "modules")
    try:
        rdb = read_rdb(world.data)
        text = rdb and misfit(version(Info(release(world))), version(Info(rdb.writer)), "on this volume")
    except (OSError, LookupError, ValueError):
        # A version that is not known is no evidence. Redis reports by itself what it cannot load.
        return
    if text:
        refuse(world, text, "version")
