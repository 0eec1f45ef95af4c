"""Watches the metadata service for an interruption notice and a rebalance recommendation of this spot instance.

It runs all the time, so it imports only what it needs. What is announced is in two files, which announcement.py reads.
Each write of an interruption starts redis-replica-leave.service.
"""

from __future__ import annotations

import os
import time

import imds

# Where the metadata service has each, by the name of the file.
PATHS = {"interruption": "spot/instance-action", "rebalance": "events/recommendations/rebalance"}
# Seconds between two looks; EC2 recommends 5. Seconds for which an interruption is written again at each, and then the
# seconds between two writes.
EVERY, REPEAT, SLOW = 5, 600, 60
# The lifetime of a token, in seconds. It is renewed after half of that.
TTL = 21600
# The form of the header Date.
DATE = "%a, %d %b %Y %H:%M:%S GMT"


class Watch:
    """Keeps the files in a folder. A file has the uptime and the service's date when the text was first seen."""

    def __init__(self, folder: str) -> None:
        self.folder, self.token, self.renewal, self.written = folder, "", 0.0, 0.0
        self.found = {name: self.read(name) for name in PATHS}

    def look(self) -> None:
        for name, path in PATHS.items():
            before, now = self.found[name], time.clock_gettime(time.CLOCK_BOOTTIME)
            try:
                text, date = self.ask(path)
            except (OSError, ValueError):
                # Not known. What was announced before still counts.
                text, date = "".join(before[2:3]), ""
            if text != "".join(before[2:3]):
                self.found[name] = [f"{now:.1f}", date, text] if text else []
            found = self.found[name]
            # What to do about an interruption depends on the time that is left.
            is_new = bool(found) and now - float(found[0]) < REPEAT
            is_due = name == "interruption" and (is_new or now - self.written >= SLOW)
            if not found or found != before or is_due:
                self.write(name)
                self.written = now if name == "interruption" else self.written

    def ask(self, path: str) -> tuple[str, str]:
        """What is announced, empty if nothing is, and the service's date; OSError or ValueError if it is not known."""
        if time.monotonic() >= self.renewal:
            first, _, self.token = imds.parse(imds.request("PUT", "api/token", f"-ttl-seconds: {TTL}"))
            if first.split()[1:2] != ["200"] or not is_line(self.token):
                raise ValueError("not a token")
            self.renewal = time.monotonic() + TTL / 2
        first, date, text = imds.parse(imds.request("GET", f"meta-data/{path}", f": {self.token}"))
        if first.split()[1:2] == ["404"]:
            return "", ""
        # Without a date, that of this machine.
        text, date = " ".join(text.split()), date or time.strftime(DATE, time.gmtime())
        if first.split()[1:2] != ["200"] or text[:1] != "{" or not is_line(text) or not is_line(date):
            # The service may no longer know the token.
            self.renewal = 0.0
            raise ValueError("not an announcement")
        return text, date

    def read(self, name: str) -> list[str]:
        try:
            with open(f"{self.folder}/{name}", encoding="latin-1") as file:
                lines = file.read(imds.LIMIT).splitlines()
            float(lines[0])
            return lines
        except (OSError, ValueError, IndexError):
            return []

    def write(self, name: str) -> None:
        path = f"{self.folder}/{name}"
        if self.found[name]:
            with open(f"{path}.new", "w", encoding="latin-1") as file:
                file.write("\n".join(self.found[name]) + "\n")
            os.replace(f"{path}.new", path)
        elif os.path.exists(path):
            os.unlink(path)


def is_line(text: str) -> bool:
    return 0 < len(text) <= 999 and text.isascii() and text.isprintable()


def watch() -> None:
    watching = Watch(f"{os.environ.get('REDIS_REPLICA_ROOT', '')}/run/redis-replica")
    while True:
        watching.look()
        time.sleep(EVERY)
