"""What user data does once the files are there and Redis is installed: applies what changed, waits until joined."""

from __future__ import annotations

import os

from join import join_within
from report import DONE, LATER, Leave, log
from server_conf import node_timeout, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

UNIT, SECONDS = "redis-replica.service", 600


def setup(world: World) -> None:
    """Fails only where an operator must act: what is merely late goes on by the timer."""
    verb = "start"
    if restart_due(world):
        log("new settings or another Redis: restarting")
        verb = "restart"
    world.systemctl(verb, "--no-block", UNIT)
    code = join_within(world, SECONDS)
    log(world.run.text("state").strip())
    if code not in (DONE, LATER):
        raise Leave(code)


def restart_due(world: World) -> bool:
    """Whether the Redis that runs would be another, or another configuration, if it were started now."""
    current, ip = world.run.text("redis.conf"), world.run.text("address").strip()
    pid = world.systemctl("show", "--property=MainPID", "--value", UNIT)
    try:
        program = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return False
    wanted = render(world, ip, node_timeout(world), "\nappendonly yes\n" in current)
    return program != os.path.realpath(f"{world.bin}/redis-server") or wanted != current
