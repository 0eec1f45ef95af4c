"""Converts untrusted text to typed and bounded values; ValueError otherwise."""

from __future__ import annotations

import re
import socket

# Replication offsets, epochs and times are signed 64-bit numbers in Redis.
MOST = 2**63 - 1


def plain(text: object, limit: int = 200) -> str:
    """Printable ASCII, at most `limit` characters, which is safe for terminals and the journal."""
    return re.sub(r"[^ -~]", "?", str(text)[:limit])


def matched(pattern: str, text: str, what: str) -> str:
    if re.fullmatch(pattern, text, re.ASCII):
        return text
    raise ValueError(f"not {what}: {plain(text, 60)!r}")


def integer(text: str, least: int = 0, most: int = MOST) -> int:
    """A decimal number. int() alone also accepts signs, spaces, underscores and digits of other scripts."""
    value = int(matched(r"\d{1,19}", text, "a number"))
    if least <= value <= most:
        return value
    raise ValueError(f"not a number from {least} to {most}: {value}")


def node_id(text: str) -> str:
    return matched("[0-9a-f]{40}", text, "a node ID")


def zone(text: str) -> str:
    return matched("[a-z0-9-]{1,60}", text, "an availability zone")


def is_ip(text: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
            return True
        except (OSError, ValueError):
            pass
    return False


def host(text: str) -> str:
    """An IP literal or a host name."""
    return text if is_ip(text) else matched(r"\w[\w.-]{0,252}", text, "an address")


def split(address: str) -> tuple[str, int]:
    """Splits HOST:PORT; the host may be an IPv6 address."""
    name, _, port = address.rpartition(":")
    return host(name), integer(port, 1, 65535)
