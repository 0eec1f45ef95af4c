"""This machine's address, instance ID and zone from the metadata service."""

from __future__ import annotations

import socket

import imds
from facts import Unknown, fact
from report import log
from typed import is_ip, matched, plain
from typed import zone as typed_zone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Fact
    from world import World

INSTANCE = r"[\w-]{1,64}"


def body(answer: bytes) -> str:
    """The body of an answer with status 200; ValueError otherwise."""
    first, _, text = imds.parse(answer)
    if first.split()[1:2] != ["200"]:
        raise ValueError(first)
    return text


def ask(*paths: str) -> list[str]:
    """The values of paths below /latest/meta-data/; OSError or ValueError otherwise."""
    token = matched("[!-~]{1,999}", body(imds.request("PUT", "api/token", "-ttl-seconds: 60")), "a token")
    return [body(imds.request("GET", f"meta-data/{path}", f": {token}")) for path in paths]


def own_ip() -> str:
    """The source address of the default route; empty if there is none."""
    with socket.socket(type=socket.SOCK_DGRAM) as found:
        try:
            found.connect(("192.0.2.1", 9))
            return str(found.getsockname()[0])
        except OSError:
            return ""


def is_here(ip: str) -> bool:
    """Whether an interface has this address."""
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM) as found:
        try:
            found.bind((ip, 0))
            return True
        except OSError:
            return False


def identity(world: World) -> tuple[str, Fact]:
    """This machine's address and instance ID. The address is empty if no interface has it within ten seconds."""
    instance: Fact = ""
    for _ in range(100):
        try:
            ip, name = ask("local-ipv4", "instance-id")
            instance = matched(INSTANCE, name, "an instance ID")
        except (OSError, ValueError) as error:
            ip, instance = own_ip(), Unknown(f"the metadata service does not answer: {plain(error)}")
        # is_here() accepts the unspecified address on every machine.
        if is_ip(ip) and ip not in ("0.0.0.0", "::") and is_here(ip):
            return ip, instance
        world.clock.sleep(0.1)
    return "", instance


def keep_zone(world: World) -> None:
    """Stores this machine's availability zone until the next boot. Reconcile runs without access to the service."""
    if world.run.has("zone"):
        return
    try:
        (name,) = ask("placement/availability-zone")
        world.run.write("zone", typed_zone(name))
    except (OSError, ValueError) as error:
        log(f"the availability zone of this instance is not known: {plain(error)}")


def zone(world: World) -> Fact:
    """This machine's availability zone, if keep_zone() has stored it."""
    return fact(lambda: typed_zone(world.run.text("zone")))
