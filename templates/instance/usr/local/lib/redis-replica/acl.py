"""A Redis ACL file: checked before Redis reads it, and brought into a running Redis.

Redis 7.0 closes the connections of all users at ACL LOAD. ACL SETUSER closes none, so each user is set on its own.
"""

from __future__ import annotations

import re

from secret import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, List

    from resp import Command

# The rules that Redis knows. It prints any other one, which may be a password without its `>`, in its log.
RULE = re.compile(
    rb"[>#~%&+-].*|!\w+|\(.*|.*\)|on|off|nopass|reset(pass|keys|channels)?|(all|no)commands|all(keys|channels)"
    rb"|(skip-)?sanitize-payload|clearselectors",
    re.DOTALL,
)


def users(text: Secret) -> Dict[str, List[bytes]]:
    """The rules by user; ValueError if a line is malformed."""
    found: Dict[str, List[bytes]] = {}
    for number, line in enumerate(text.reveal().split(b"\n"), 1):
        words = line.split()
        if not words or words[0][:1] == b"#":
            continue
        if words[0] != b"user" or len(words) < 2 or not all(map(RULE.fullmatch, words[2:])):
            raise ValueError(f"the ACL file is malformed in line {number}")
        found[words[1].decode("latin-1")] = words[2:]
    return found


def check(text: Secret, user: str) -> None:
    """ValueError if the file is malformed, lacks the agent's user, or would let every client in."""
    found = users(text)
    if user not in found:
        raise ValueError(f"the ACL file has no user {user}")
    # Without a line for it, Redis gives `default` all rights, without a password.
    rights = set(found.get("default", [b"on", b"nopass", b"+@all"]))
    if {b"on", b"nopass"} <= rights and rights & {b"+@all", b"allcommands"}:
        raise ValueError("the ACL file lets every client in: the user default has all rights and no password")


def commands(text: Secret, user: str, passwords: Iterable[Secret], present: Iterable[str]) -> List[Command]:
    """The commands that give a Redis with the `present` users those of the file. `user` gets further passwords."""
    found = users(text)
    also = list(map(digest, passwords))
    sets: List[Command] = [
        ("ACL", "SETUSER", name, "reset", *map(Secret, rules), *(also if name == user else ()))
        for name, rules in found.items()
    ]
    gone = [name for name in present if name not in found and name != "default"]
    return [*sets, ("ACL", "DELUSER", *gone)] if gone else sets


def digest(password: Secret) -> str:
    """A password as a rule."""
    from hashlib import sha256

    return f"#{sha256(password.reveal()).hexdigest()}"
