"""The last step of user data, after the installation: applies changed settings and waits until the node has joined."""

from __future__ import annotations

import os

from join import join_within
from modules import missing
from report import DONE, LATER, UNIT, Leave, log, report
from resp import Info
from rotation import FIRST
from server_conf import node_timeout, render
from stop import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

# Seconds to wait for new secrets, and then for the join.
SECONDS = 600


def setup(world: World) -> None:
    """Fails only if an operator must act. If the node is only late, the timer continues to reconcile it."""
    pid = restart_due(world)
    module = missing(world) if pid else ""
    if module:
        # Redis would not start again, so it goes on with its earlier settings.
        report(world, module)
    if pid:
        log("new settings or another Redis: restarting")
        if world.network.login:
            wait_for_secrets(world)
        wait_for_load(world)
    world.systemctl("restart" if pid else "start", "--no-block", UNIT)
    # Wait for the old process to end: until then it would still be reported as in sync.
    world.processes.ended(pid, MOST) if pid else None
    code = join_within(world, SECONDS)
    log(world.run.text("state").strip())
    if code not in (DONE, LATER):
        raise Leave(code)


def wait_for_secrets(world: World) -> None:
    """Redis goes on with its earlier settings until it can start with the new ones; exits with 10 or 20 if it cannot.

    The stop logs in with them, too. A Redis that has no password yet accepts any for `default`.
    """
    from credentials import bring

    end = world.clock.uptime() + SECONDS
    while True:
        try:
            return bring(world)
        except Leave:
            # A refusal waits for an operator, and the rest may heal.
            if world.run.has("refused") or world.clock.uptime() >= end:
                raise
            world.clock.sleep(FIRST)


def wait_for_load(world: World) -> None:
    """A stop during a load saves nothing, and the receipt that this start used is gone."""
    end = world.clock.uptime() + MOST
    while Info(world.ask_here(("INFO", "persistence"))[0]).get("loading") == "1" and world.clock.uptime() < end:
        world.clock.sleep(1)


def restart_due(world: World) -> int:
    """The process ID of Redis if a start now would use another program or configuration; else 0."""
    current, ip = world.run.text("redis.conf"), world.run.text("address").strip()
    pid = world.systemctl("show", "--property=MainPID", "--value", UNIT)
    try:
        program = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return 0
    wanted = render(world, ip, node_timeout(world), "\nappendonly yes\n" in current)
    is_due = program != os.path.realpath(f"{world.bin}/redis-server") or wanted != current
    return int(pid) if is_due else 0
