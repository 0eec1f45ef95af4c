"""The settings file that user data writes."""

from __future__ import annotations

import re

from typed import integer


def parse(text: str) -> dict[str, str]:
    """Parses lines of NAME='VALUE' as a shell does. VALUE may have several lines, and '\\'' stands for a quote."""
    found: dict[str, str] = {}
    parts = text.replace("'\\''", "\0").split("'")
    for before, value in zip(parts[::2], parts[1::2] + [""]):
        *lines, last = before.split("\n")
        found.update(line.partition("=")[::2] for line in lines)
        found[last.rstrip("=")] = value.replace("\0", "'")
    return found


# The settings that refer to a secret.
SECRETS = "AUTH_PASSWORD", "ACL_FILE", "TLS_CA", "TLS_CERT", "TLS_KEY"


def located(name: str, port: int) -> str:
    """The address of a master in the settings: HOST, HOST:PORT, [IPV6] or [IPV6]:PORT."""
    found = re.fullmatch(r"(?:\[(.*)\]|([^:]*))(?::(\d+))?", name)
    host, own = (found[1] or found[2], found[3]) if found else (name, None)
    return f"{host}:{own or port}"


class Settings:
    """The settings by name. Ports and addresses are typed; all others are text."""

    def __init__(self, text: str) -> None:
        self.all = parse(text)
        self.port = integer(self["PORT"] or "6379", 1, 65535)
        self.masters = [located(name, self.port) for name in self["MASTERS"].split()]
        self.shard = self["SHARD"] and located(self["SHARD"], self.port)
        # The availability zones of masters, by address.
        pairs = [pair.partition("=") for pair in self["MASTER_ZONES"].split()]
        self.zones = {located(name, self.port): zone for name, _, zone in pairs}
        # What store.py fetches, by name.
        self.secrets = {name: self[name] for name in SECRETS if self[name]}

    def __getitem__(self, name: str) -> str:
        return self.all.get(name, "")
