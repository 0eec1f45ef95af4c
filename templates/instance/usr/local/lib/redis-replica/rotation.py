"""Brings changed secrets into the running Redis, without closing its connections. It only reads the copies below /run.

While a password is replaced, Redis accepts both, and the link to the master uses the one that the master accepts. The
old one ends once every master accepts the new one.
"""

from __future__ import annotations

from facts import NoPermission, Unknown, known
from login import ACL, CERTIFICATE, EXPIRY
from secret import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Collection, Iterable, Sequence

    from join import Running
    from login import Login
    from resp import Command, Info
    from view import View
    from world import World

# Files of world.secrets: the version of the copies, and their sources; the uptime at the last attempt to fetch them,
# and why it failed.
VERSION, SOURCES, CHECKED, FAILED = "version", "sources", "checked", "failed"
# Files of world.run: the uptime at which root was asked for a refresh; the version whose old passwords have ended; the
# versions with which Redis has started, and which it has now; why it does not have the present one.
REQUEST, SETTLED, LOADED, APPLIED, REJECTED = "refresh", "settled", "loaded", "applied", "unapplied"
# Seconds between two attempts: without copies of the present sources, and after a server has rejected the password or
# Redis has failed, which may be due to them.
FIRST, AGAIN = 10, 30
# Seconds before the expiry of the certificate from which on it is reported.
WARNING = 14 * 86400


def is_due(world: World) -> bool:
    """Whether the secrets should be fetched now."""
    checked = int(world.secrets.text(CHECKED) or -86400)
    wait = int(world.settings["REFRESH"] or 15) * 60
    if not world.secrets.has(VERSION) or world.secrets.text(SOURCES) != sources(world):
        wait = FIRST
    elif float(world.run.text(REQUEST) or 0) > checked or world.run.text("failures"):
        wait = AGAIN
    return world.clock.uptime() - checked >= wait


def sources(world: World) -> str:
    """What the settings name, and the user whose line of the ACL file is rewritten. None of it is secret."""
    found = {**world.settings.secrets, "AUTH_USER": world.settings["AUTH_USER"]}
    return "".join(f"{name}={value}\n" for name, value in found.items())


def request(world: World) -> None:
    """Asks root for a refresh if it is due, or if a server has rejected the password; not at every look."""
    login, now = world.network.login, world.clock.uptime()
    if login and (login.rejected or is_due(world)) and now - float(world.run.text(REQUEST) or -AGAIN) >= AGAIN:
        world.run.write(REQUEST, f"{now:.1f}")


def update(world: World, info: Info) -> None:
    """Makes Redis read what has changed since it started. A failure is a note: what Redis has stays in use, and the
    next look retries.

    INFO may be denied: a changed ACL file may be what grants it again.
    """
    is_silent = isinstance(info.reply, Unknown) and not isinstance(info.reply, NoPermission)
    if not world.network.login or is_silent:
        return
    try:
        apply(world, world.network.login, f"{world.network.login.version} {info.get('run_id')}")
        world.run.remove(REJECTED)
    except (Unknown, ValueError) as error:
        world.run.write(REJECTED, str(error))


def complete(world: World, running: Running, view: View) -> None:
    """Takes the next step of a change of the password. A failure is a note, too."""
    if not world.network.login:
        return
    try:
        settle(world, world.network.login, running, view)
    except (Unknown, ValueError) as error:
        world.run.write(REJECTED, str(error))


def apply(world: World, login: Login, mark: str) -> None:
    """Makes Redis read the files, unless it has read this version since it started."""
    if not login.version or world.run.text(APPLIED) == mark:
        return
    commands: list[Command] = []
    if world.run.text(LOADED) != login.version:
        if world.settings["TLS_CA"]:
            # Setting one of the files makes Redis read all of them.
            commands.append(("CONFIG", "SET", "tls-cert-file", world.secrets / CERTIFICATE))
        if world.settings["ACL_FILE"]:
            commands += acl_file(world, login, login.passwords)
    if len(login.passwords) > 1:
        import acl

        commands.append(("ACL", "SETUSER", login.user, *map(acl.digest, login.passwords)))
    send(world, commands)
    world.run.write(APPLIED, mark)


def settle(world: World, login: Login, running: Running, view: View) -> None:
    """Of several passwords, gives the replication link the one that its master accepts, and ends the old ones once
    every master accepts the present one."""
    if len(login.passwords) < 2 or world.run.text(SETTLED) == login.version:
        return
    master = view.nodes.get(running.me.master)
    places = {node.address for node in view.owners if node.id != view.me and node.address}
    present, *_ = login.passwords
    accepted = [accepting(world, login, places, password) for password in login.passwords]
    if view.quorum and accepted[0] == places:
        end = acl_file(world, login) if world.settings["ACL_FILE"] else only(present)
        send(world, [("CONFIG", "SET", "masterauth", present), *end])
        world.run.write(SETTLED, login.version)
        world.run.write(REQUEST, f"{world.clock.uptime():.1f}")
    elif master:
        usable = [password for password, addresses in zip(login.passwords, accepted) if master.address in addresses]
        send(world, [("CONFIG", "SET", "masterauth", password) for password in usable[:1]])


def only(password: Secret) -> list[Command]:
    """The commands after which Redis accepts one password. It ignores requirepass if that already has the value."""
    import acl

    replaced = "ACL", "SETUSER", "default", "resetpass", acl.digest(password)
    return [replaced, ("CONFIG", "SET", "requirepass", password)]


def acl_file(world: World, login: Login, passwords: Iterable[Secret] = ()) -> list[Command]:
    """The commands for the ACL file. The agent's user gets `passwords` as well. Unknown, ValueError."""
    import acl

    (present,) = world.ask_here(("ACL", "USERS"))
    return acl.commands(Secret(world.secrets.read(ACL)), login.user, passwords, map(str, known(present)))


def send(world: World, commands: Sequence[Command]) -> None:
    """Sends commands to Redis here; Unknown if it rejects one, in its words, less those that may be of a password."""
    for command, reply in zip(commands, world.ask_here(*commands) if commands else ()):
        if isinstance(reply, Unknown):
            text = " ".join("..." if word[:1] in "<>#!'" else word for word in str(reply).split())
            # This error names the command, and nothing else.
            text = str(reply) if isinstance(reply, NoPermission) else text
            raise Unknown(f"{' '.join(map(str, command[:3]))}: {text}")


def accepting(world: World, login: Login, places: Collection[str], password: Secret) -> set[str]:
    """The servers that accept a password. One that then denies the command has accepted it, too."""
    from copy import copy

    network = copy(world.network)
    network.login = login.only(password)
    answers = network.ask_all(dict.fromkeys(places, [("TIME",)])).items()
    rejected = {at for at, (reply,) in answers if isinstance(reply, Unknown) and not isinstance(reply, NoPermission)}
    return set(places) - rejected


def notes(world: World) -> str:
    """What an operator should know of the secrets of a replica in sync; empty if there is nothing."""
    if not world.network.login:
        return ""
    failed, rejected = world.secrets.text(FAILED), world.run.text(REJECTED)
    found = [
        failed and f"the secrets cannot be refreshed: {failed}",
        rejected and f"Redis does not take the changed secrets: {rejected}",
        expiring(world),
    ]
    return "".join(f"; {each}" for each in found if each)


def expiring(world: World) -> str:
    expiry = int(world.secrets.text(EXPIRY) or 0)
    if not expiry or expiry - world.clock.now() >= WARNING:
        return ""
    from trouble import utc

    if expiry <= world.clock.now():
        return f"the certificate has expired at {utc(expiry)}"
    return f"the certificate expires at {utc(expiry)}"
