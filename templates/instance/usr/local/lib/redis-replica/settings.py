"""The settings file that user data writes."""

from __future__ import annotations

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


class Settings:
    """The settings by name. Ports and addresses are typed; all others are text."""

    def __init__(self, text: str) -> None:
        self.all = parse(text)
        self.port = integer(self["PORT"] or "6379", 1, 65535)
        self.masters = [f"{name}:{self.port}" for name in self["MASTERS"].split()]
        self.shard = self["SHARD"] and f"{self['SHARD']}:{self.port}"

    def __getitem__(self, name: str) -> str:
        return self.all.get(name, "")
