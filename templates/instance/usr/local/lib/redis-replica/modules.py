"""Modules: those that the settings load, and those that a master has and this server has not."""

from __future__ import annotations

import os
import re

from facts import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from resp import Info
    from world import World


def lines(world: World) -> list[str]:
    """The lines of redis.conf that load the modules of the settings."""
    return [f"loadmodule {module}" for module in world.settings["MODULES"].split("\n") if module]


def missing(world: World) -> str:
    """Why the modules of the settings cannot be loaded: the first file that is missing; empty if there is none."""
    paths = [line.split(" ")[1] for line in lines(world)]
    path = next((path for path in paths if not os.path.isfile(path)), "")
    return f"the module {path} is missing: install it in the image, or correct redis.modules" if path else ""


def loaded(info: Info) -> set[str]:
    """The names of a server's modules, built-in ones included; Unknown if INFO was not answered."""
    return set(re.findall(r"(?m)^module:name=([^,\r\n]+)", str(known(info.reply))))


def lacking(mine: Info, theirs: Info, where: str) -> str:
    """Why the server `mine` cannot load the data of `theirs`: it lacks modules; empty if it has all."""
    names = ", ".join(sorted(loaded(theirs) - loaded(mine)))
    return f"{where} has modules that this server lacks: {names}; add their files to redis.modules" if names else ""
