"""What user data does once the files are there and Redis is installed: applies what changed, waits until joined."""

from __future__ import annotations

import os

from join import join_within
from report import DONE, LATER, Leave, log
from server_conf import node_timeout, render
from stop import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

UNIT, SECONDS = "redis-replica.service", 600


def setup(world: World) -> None:
    """Fails only where an operator must act: what is merely late goes on by the timer."""
    pid = restart_due(world)
    if pid:
        log("new settings or another Redis: restarting")
    world.systemctl("restart" if pid else "start", "--no-block", UNIT)
    # The one that ends would still say that all is well.
    world.processes.ended(pid, MOST) if pid else None
    code = join_within(world, SECONDS)
    log(world.run.text("state").strip())
    if code not in (DONE, LATER):
        raise Leave(code)


def restart_due(world: World) -> int:
    """The process of a Redis that would be another, or have another configuration, if it were started now; else 0."""
    current, ip = world.run.text("redis.conf"), world.run.text("address").strip()
    pid = world.systemctl("show", "--property=MainPID", "--value", UNIT)
    try:
        program = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return 0
    wanted = render(world, ip, node_timeout(world), "\nappendonly yes\n" in current)
    is_due = program != os.path.realpath(f"{world.bin}/redis-server") or wanted != current
    return int(pid) if is_due else 0
