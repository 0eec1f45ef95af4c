"""A Redis ACL file: checked and rewritten before Redis reads it, and brought into a running Redis.

Redis 7.0 closes the connections of all users at ACL LOAD. ACL SETUSER closes none, so each user is set on its own.
"""

from __future__ import annotations

import re

from secret import Secret
from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, List

    from resp import Command

# The rules that Redis knows. It prints any other one, which may be a password without its `>`, in its log.
RULE = re.compile(
    rb"[>#~%&+-].*|!\w+|\(.*|.*\)|on|off|nopass|reset(pass|keys|channels)?|(all|no)commands|all(keys|channels)"
    rb"|(skip-)?sanitize-payload|clearselectors",
    re.DOTALL | re.IGNORECASE,
)


def users(text: Secret) -> Dict[str, List[bytes]]:
    """The rules by user; ValueError if a line is malformed, or a user has several."""
    found: Dict[str, List[bytes]] = {}
    for number, line in enumerate(text.reveal().split(b"\n"), 1):
        words = line.split()
        if not words or words[0][:1] == b"#":
            continue
        if words[0] != b"user" or len(words) < 2 or not all(map(RULE.fullmatch, words[2:])):
            raise ValueError(f"the ACL file is malformed in line {number}")
        name = words[1].decode("latin-1")
        if name in found:
            raise ValueError(f"the ACL file has the user {plain(name)} a second time in line {number}")
        found[name] = words[2:]
    return found


def check(text: Secret, user: str) -> None:
    """ValueError if the file is malformed, locks the agent's user out, or would let every client in."""
    found = users(text)
    if user not in found:
        raise ValueError(f"the ACL file has no user {user}")
    if not is_on(found[user]):
        raise ValueError(f"the user {user} of the ACL file is not on")
    # Without a line for it, Redis gives `default` all rights, without a password.
    rules = [rule.lower() for rule in found.get("default", [b"on", b"nopass", b"+@all"])]
    if is_on(rules) and b"nopass" in rules and {b"+@all", b"allcommands"} & set(rules):
        raise ValueError("the ACL file lets every client in: the user default has all rights and no password")


def is_on(rules: List[bytes]) -> bool:
    """Whether a user may log in: the last of these rules counts."""
    states = [rule.lower() for rule in rules if rule.lower() in (b"on", b"off", b"reset")]
    return states[-1:] == [b"on"]


def rewritten(text: Secret, user: str, password: Secret) -> Secret:
    """The file as Redis accepts it: without comments, tabs and repeated spaces.

    `user` has `password` as well. The file and the password are two secrets, and never change at one moment: where only
    one has changed, the agent could not log in to its own Redis, nor bring the other change into it.
    """
    lines = [
        b" ".join([b"user", name.encode("latin-1"), *rules, *([digest(password).encode()] if name == user else [])])
        for name, rules in users(text).items()
    ]
    return Secret(b"".join(line + b"\n" for line in lines))


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
