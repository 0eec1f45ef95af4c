"""The append-only file of a promoted node. Without it, a crash would lose every write since the last save.

A mark in the agent's folder shows that the file is not complete, or is from an earlier promotion; it is then not used.
Redis may have the file open, so it is never removed while Redis runs. It is put away before the next start.
"""

from __future__ import annotations

from report import later
from volume import AOF, kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from join import Running
    from world import World

PARTIAL = "aof-partial"


def has_manifest(world: World) -> bool:
    """Whether the manifest exists. Redis writes it last."""
    return world.data.has(f"{AOF}/appendonly.aof.manifest")


def is_complete(world: World) -> bool:
    """Whether every write up to the last second is in an append-only file on this volume."""
    return has_manifest(world) and not world.state.has(PARTIAL)


def update(world: World, running: Running) -> None:
    """Switches the append-only file on for an owner, and off for a replica."""
    info, owns = running.info, running.me.role == "owner"
    enabled = info.get("aof_enabled")
    idle = info.get("aof_rewrite_in_progress") == info.get("aof_rewrite_scheduled") == "0"
    if owns and not world.run.has("promoted"):
        world.run.write("promoted", f"{world.clock.uptime():.0f}")
    if world.run.has("stopping") or enabled not in ("0", "1"):
        return
    if not owns and enabled == "1":
        switch(world, "no")
    elif owns and enabled == "0":
        switch(world, "yes")
    elif owns and info.get("aof_last_write_status") == "err":
        later(world, "owns slots; Redis cannot write to the append-only file: see its log, and the space on the disk")
    elif owns and idle and not has_manifest(world):
        # The files were deleted while Redis had them open. Switching off and on makes Redis create new ones.
        switch(world, "no")
        switch(world, "yes")
    elif owns and idle and info.get("aof_last_bgrewrite_status") != "ok":
        later(world, "owns slots; Redis cannot write the append-only file: see its log, and the space on the disk")
    elif owns and idle:
        world.state.remove(PARTIAL)


def switch(world: World, value: str) -> None:
    world.state.write(PARTIAL, "")
    world.command("CONFIG", "SET", "appendonly", value)


def put_away(world: World, role: str) -> None:
    """Removes the append-only file before a start: with it, a replica's return would need a full resync.

    An owner's file is moved to kept/, where it replaces an earlier one only if it is complete.
    """
    if role == "replica" or not is_complete(world) and kept(world.data).has(AOF):
        world.data.remove(AOF)
    elif world.data.has(AOF):
        with world.data.as_owner():
            world.data.move(AOF, kept(world.data))
    world.state.remove(PARTIAL)
