"""The copies of the secrets below /run, which root fetches: before Redis starts, and from then on as they change.

A copy that cannot be refreshed stays. What uses the copies: login.py, Redis, and rotation.py after a change.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager

import acl
import store
from facts import Unknown, known
from login import ACL, AUTH_CONF, CA, CERTIFICATE, EXPIRY, KEY, PASSWORDS
from report import later, log, refuse
from rotation import CHECKED, FAILED, SETTLED, SOURCES, VERSION, is_due, sources
from secret import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator

    from world import World

FILES = {"ACL_FILE": ACL, "TLS_CA": CA, "TLS_CERT": CERTIFICATE, "TLS_KEY": KEY}
# How many passwords are accepted at a time: the present one, and those of before.
MOST = 3


def bring(world: World) -> None:
    """Makes sure that there are copies before Redis starts; exits with 10 or 20 if there are none."""
    if not world.redis_user and not world.root:
        later(world, "the user of Redis has just been created: starting again")
    with open("/proc/self/mountinfo") as file, open("/proc/swaps") as swaps:
        kind, swap = file_system(os.path.dirname(world.secrets.path), file.read()), swapped_to(swaps.read())
    if kind not in ("tmpfs", "ramfs"):
        refuse(world, f"{world.secrets.path} would be on {kind}, and secrets are kept in memory only", "secrets")
    if swap:
        log(f"memory is swapped to {swap}: a copy of a password may be written there")
    os.makedirs(world.secrets.path, 0o755, exist_ok=True)
    os.chown(world.secrets.path, *(world.secrets.owner or (-1, -1)))
    why = refresh(world)
    files = [FILES.get(name, PASSWORDS) for name in world.settings.secrets]
    if not all(map(world.secrets.has, [VERSION, *files])):
        later(world, f"the secrets are not there yet: {why}")
    if why:
        log(f"the secrets cannot be refreshed: {why}")


def file_system(path: str, mounts: str) -> str:
    """The type of the file system at a path, by /proc/self/mountinfo."""
    found = "", "no file system"
    for line in mounts.split("\n"):
        before, _, after = line.partition(" - ")
        point = (before.split(" ") + [""] * 5)[4]
        # A later mount covers an earlier one at the same place.
        if point and f"{path}/".startswith(f"{point.rstrip('/')}/") and len(point) >= len(found[0]):
            found = point, after.split(" ")[0]
    return found[1]


def swapped_to(swaps: str) -> str:
    """The first swap that is not compressed memory, by /proc/swaps."""
    names = [line.split()[0] for line in swaps.split("\n")[1:] if line]
    return next((name for name in names if not name.startswith("/dev/zram")), "")


@contextmanager
def locked(world: World) -> Iterator[None]:
    """One at a time: `prepare` and the unit that refreshes may run together."""
    fd = os.open(world.secrets.path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def refresh(world: World) -> str:
    """Fetches the secrets if that is due, and replaces what has changed. The reason if there is no fresh copy."""
    with locked(world):
        drop_old_passwords(world)
        if not is_due(world):
            return world.secrets.text(FAILED)
        world.secrets.write(CHECKED, f"{world.clock.uptime():.0f}", 0o640)
        try:
            found = store.fetch_all(world.settings.secrets, world.settings["REGION"])
            replace(world, {name: known(secret) for name, secret in found.items()})
            world.secrets.write(SOURCES, sources(world), 0o640)
        except (Unknown, ValueError) as error:
            world.secrets.write(FAILED, str(error))
            return str(error)
        world.secrets.remove(FAILED)
        return ""


def replace(world: World, found: Dict[str, Secret]) -> None:
    """Checks all secrets together, and then replaces the files. Unknown or ValueError if they cannot be used."""
    settings = world.settings
    user = settings["AUTH_USER"] or "default"
    files = {FILES[name]: secret for name, secret in found.items() if name in FILES}
    if user != "default" and "ACL_FILE" not in found:
        raise ValueError(f"the user {user} needs auth.aclFile: no other setting can create it")
    if "ACL_FILE" in found:
        acl.check(found["ACL_FILE"], user)
        files[ACL] = acl.rewritten(found["ACL_FILE"], user, found["AUTH_PASSWORD"])
    if "AUTH_PASSWORD" in found:
        files[PASSWORDS] = passwords(world, found["AUTH_PASSWORD"])
    if "AUTH_PASSWORD" in found or "ACL_FILE" in found:
        files[AUTH_CONF] = auth_conf(world, found.get("AUTH_PASSWORD"))
    if "TLS_CERT" in found:
        world.secrets.write(EXPIRY, check_certificate(world, found))
    is_changed = any(world.secrets.read(name) != secret.reveal() for name, secret in files.items())
    if is_changed or not world.secrets.has(VERSION):
        # Without a version, a refresh that is interrupted here is repeated.
        world.secrets.remove(VERSION)
        for name, secret in files.items():
            write(world, name, secret)
        # Written last: who has read this version has none of the older files.
        world.secrets.write(VERSION, f"{world.clock.now():.6f}", 0o640)


def write(world: World, name: str, secret: Secret) -> None:
    world.secrets.write(name, secret.reveal().decode("latin-1"), 0o640)


def passwords(world: World, password: Secret) -> Secret:
    """The present password in the first line, and behind it those that masters and clients may still use."""
    if re.search(rb"[\0-\x1f\x7f]", password.reveal()):
        raise ValueError("the password has a line break, or another control character")
    before = [Secret(line) for line in world.secrets.read(PASSWORDS).split(b"\n") if line]
    several = [password, *(each for each in before if each != password)][:MOST]
    return Secret(b"".join(each.reveal() + b"\n" for each in several))


def drop_old_passwords(world: World) -> None:
    """Once every master accepts the present password; rotation.py has found that."""
    before = world.secrets.read(PASSWORDS)
    if world.run.text(SETTLED) == world.secrets.text(VERSION) != "" and before.count(b"\n") > 1:
        write(world, PASSWORDS, Secret(before.partition(b"\n")[0] + b"\n"))


def auth_conf(world: World, password: Secret | None) -> Secret:
    """The directives with a password. Every byte is escaped, so that no password is read as syntax."""
    lines = []
    if password:
        quoted = '"' + "".join(f"\\x{byte:02x}" for byte in password.reveal()) + '"'
        lines += [f"masterauth {quoted}"]
        lines += [f"requirepass {quoted}"] if not world.settings["ACL_FILE"] else []
    return Secret("".join(f"{line}\n" for line in lines).encode())


def check_certificate(world: World, found: Dict[str, Secret]) -> str:
    """When the certificate expires. ValueError unless a peer would accept it."""
    import tls

    names = {f"new.{FILES[name]}": found[name] for name in ("TLS_CA", "TLS_CERT", "TLS_KEY")}
    try:
        for name, secret in names.items():
            write(world, name, secret)
        ca, certificate, key = (world.secrets / name for name in names)
        tls.verify(ca, certificate, key, is_client=world.settings["TLS_CLIENTS"] != "no")
        return f"{tls.expiry(found['TLS_CERT'].reveal().decode('latin-1'))}\n"
    finally:
        for name in names:
            world.secrets.remove(name)
