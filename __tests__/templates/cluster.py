"""Clusters in the form of CLUSTER NODES: three masters and a replica, with the changes that a test makes."""

from __future__ import annotations

from typing import Any

import suite  # noqa: F401  (the agent's modules)

from view import Answer, View
from volume import Own

A, B, C, R, S, T = (letter * 40 for letter in "abcdef")
NOW = 1_700_000_000_000
VARS = "vars currentEpoch 3 lastVoteEpoch 0\n"


class Line:
    """One node. `at` is its host, or its full address with port and bus port."""

    def __init__(self, id: str, at: str, flags: str, master: str = "-", slots: str = "", **more: Any) -> None:
        self.id, self.at, self.flags, self.master, self.slots = id, at, flags, master, slots
        self.ping, self.pong, self.epoch, self.link = 0, NOW, 3, "connected"
        vars(self).update(more)

    def text(self, myself: bool = False) -> str:
        at = self.at if "@" in self.at else f"{self.at}:6379@16379"
        flags = f"myself,{self.flags}" if myself else self.flags
        times = f"{self.ping} {self.pong} {self.epoch}"
        return f"{self.id} {at} {flags} {self.master} {times} {self.link} {self.slots}".strip()


NODES = [
    Line(A, "10.0.0.1", "master", slots="0-5460"),
    Line(B, "10.0.0.2", "master", slots="5461-10922"),
    Line(C, "10.0.0.3", "master", slots="10923-16383"),
    Line(R, "10.0.0.4", "slave", A),
]
FAILED = {"flags": "slave,fail", "link": "disconnected"}
DOWN = {"flags": "master,fail", "link": "disconnected"}


def change(nodes: list[Line], id: str, **changed: Any) -> list[Line]:
    """The same nodes, with one of them changed."""
    return [Line(**{**vars(node), **changed}) if node.id == id else node for node in nodes]


def text(id: str, nodes: list[Line]) -> str:
    """What one node answers to CLUSTER NODES."""
    return "".join(f"{node.text(node.id == id)}\n" for node in nodes)


def conf(id: str, nodes: list[Line]) -> str:
    """The nodes.conf of one node."""
    return text(id, nodes) + VARS


def address(id: str, nodes: list[Line]) -> str:
    (place,) = (f"{node.at}:6379" for node in nodes if node.id == id)
    return place


def answer(id: str, nodes: list[Line], at: str = "", configured: bool = True) -> Answer:
    """One peer's answer, on a connection to `at`, or to the address that the nodes list for it."""
    return Answer(at or address(id, nodes), text(id, nodes), configured)


def view(me: str, *answers: Answer, own: str = "") -> View:
    return View(list(answers), Own(own), me)


def agreed(me: str, nodes: list[Line], own: str = "") -> View:
    """The view of a node if all masters answer and agree."""
    return view(me, *(answer(node.id, nodes) for node in nodes if node.slots and node.id != me), own=own)
