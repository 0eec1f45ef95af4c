"""Collects from the agent's sources every reason that a state can have, and every line that is logged.

Prints a JSON object with two sorted lists: `reasons` and `logs`. A value that is known only at run time is shown as
`…`. A test of docs/troubleshooting.md compares the page with these lists.

Four kinds of text become a reason:

- what reaches set_state(): followed from there to the callers, through all functions that pass a parameter on;
- the second value of a decision: `return "later", "the shard's owner is down"`;
- what a function of RETURNING returns;
- the text of an Unknown, and of an error that facts.fact() turns into one;
- what NOTES returns, which follows the state.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from typing import Iterable, Iterator, Union

TEMPLATES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../templates")
AGENT = os.path.join(TEMPLATES, "instance/usr/local/lib/redis-replica")

HOLE = "…"
# These pass on words of user data and install.sh, which are read there.
COMMANDS = ("run", "main")
# Where the reason of a state ends up, and where download.py ends: a function, and the position of the text.
SINKS = {"set_state": 2, "end": 1}
# Their text becomes a reason at their callers.
RETURNING = ("misfit", "missing", "lacking", "hand_over", "interruption", "relink")
# The actions of a decision that come with a reason.
ACTIONS = ("later", "refuse", "report", "leave")
ERRORS = ("Unknown", "Refused", "ValueError", "OSError", "TimeoutError", "Denied", "Missing", "Silent", "Unusable")
# Functions whose texts follow the state.
NOTES = ("notes", "expiring")
# Calls whose arguments appear in the text that they return.
TRANSPARENT = ("plain", "str", "join")
WORD, WORDS = "[A-Za-z]{2}", "[A-Za-z]{2}.* "
# receipt.proof() and watch.py catch these; the last is a state.
NO_REASONS = ("not a receipt", "not a token", "not an announcement", "not started")

Scope = Union[ast.FunctionDef, ast.Module]


class Sources:
    """All modules of the agent, as one program: its functions have different names, or the same role."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.trees = [ast.parse(text) for text in texts]
        nodes = [node for tree in self.trees for node in ast.walk(tree)]
        self.functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        self.scopes: list[Scope] = [*self.functions, *map(outer, self.trees)]
        # What `self.NAME` is set to, in any class.
        self.attributes: dict[str, list[ast.expr]] = {}
        # Constants of all modules.
        self.constants: dict[str, str] = {}
        for tree in self.trees:
            for name, value in assignments(tree.body):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    self.constants[name] = value.value
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                self.attributes.setdefault(node.targets[0].attr, []).append(node.value)

    def reasons(self) -> set[str]:
        found: set[str] = set()
        sinks = self.sinks()
        for scope in self.scopes:
            for node in ast.walk(scope):
                if isinstance(node, ast.Return) and node.value and getattr(scope, "name", "") in RETURNING:
                    found |= self.texts(node.value, scope)
                if isinstance(node, (ast.List, ast.Return)) and getattr(scope, "name", "") in NOTES:
                    for each in node.elts if isinstance(node, ast.List) else [node.value]:
                        found |= self.texts(each, scope) if each else set()
                if isinstance(node, ast.Return):
                    for action, reason in decided(node):
                        found |= self.texts(reason, scope) if action in ACTIONS else set()
                if isinstance(node, ast.Call) and called(node) in sinks:
                    for each in argument(node, sinks[called(node)]):
                        found |= self.texts(each, scope)
                if isinstance(node, ast.Call) and called(node) in ERRORS:
                    for each in node.args:
                        found |= self.texts(each, scope)
        return found - set(NO_REASONS)

    def logs(self) -> set[str]:
        found: set[str] = set()
        for scope in self.scopes:
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and called(node) == "log":
                    found |= self.texts(node.args[0], scope)
        return found - set(NO_REASONS)

    def sinks(self) -> dict[str, int]:
        """The sinks, and every function that passes a parameter on to one."""
        sinks = dict(SINKS)
        while True:
            more: dict[str, int] = {}
            for function in (each for each in self.functions if each.name not in COMMANDS):
                names = [each.arg for each in function.args.args]
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and called(node) in sinks and function.name not in sinks:
                        for each in argument(node, sinks[called(node)]):
                            used = {name.id for name in ast.walk(each) if isinstance(name, ast.Name)}
                            more.update((function.name, names.index(name)) for name in names if name in used)
            # A method is called without its first parameter; `world` is what every function gets.
            more = {name: place for name, place in more.items() if place > 0}
            if not more:
                return sinks
            sinks.update(more)

    def texts(self, value: ast.expr, scope: Scope) -> set[str]:
        """The text of an expression, and the texts of what its holes may hold."""
        parts: set[str] = set()
        seen: set[ast.expr] = set()

        def template(node: ast.expr) -> str:
            if isinstance(node, ast.Constant):
                return node.value if isinstance(node.value, str) else HOLE
            if isinstance(node, ast.JoinedStr):
                return "".join(template(each) for each in node.values)
            if isinstance(node, ast.FormattedValue):
                return template(node.value)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                return template(node.left) + template(node.right)
            if isinstance(node, ast.Name) and node.id in self.constants:
                return self.constants[node.id]
            collect(node)
            return HOLE

        def collect(node: ast.expr) -> None:
            if node in seen:
                return
            seen.add(node)
            inner: list[ast.expr] = []
            if isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                parts.add(template(node))
            elif isinstance(node, ast.IfExp):
                inner = [node.body, node.orelse]
            elif isinstance(node, ast.BoolOp):
                inner = node.values
            elif isinstance(node, (ast.List, ast.Tuple)):
                inner = node.elts
            elif isinstance(node, ast.Subscript):
                inner = [node.value]
            elif isinstance(node, ast.Call) and called(node) in TRANSPARENT:
                inner = node.args
            elif isinstance(node, ast.Name):
                inner = [each for name, each in assignments(scope.body) if name == node.id]
            elif isinstance(node, ast.Attribute):
                inner = self.attributes.get(node.attr, [])
            for each in inner:
                collect(each)

        whole = template(value)
        # A part of one word, such as `all`, is no reason of its own.
        return {
            text for text in map(tidied, [whole, *parts]) if re.search(WORDS if text != tidied(whole) else WORD, text)
        }


def outer(module: ast.Module) -> ast.Module:
    """The code of a module outside its functions and classes."""
    body = [node for node in module.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return ast.Module(body=body, type_ignores=[])


def assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, node.value
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else []
                for target, value in zip(node.targets[0].elts, values):
                    if isinstance(target, ast.Name):
                        yield target.id, value
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                yield node.target.id, node.value


def called(call: ast.Call) -> str:
    """The name of a function or method, without its module or object."""
    name = call.func
    return name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""


def argument(call: ast.Call, place: int) -> list[ast.expr]:
    return call.args[place : place + 1]


def decided(node: ast.Return) -> Iterator[tuple[object, ast.expr]]:
    """The pairs (action, reason) that a decision may return."""
    values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
    for value in values:
        if isinstance(value, ast.Tuple) and len(value.elts) == 2 and isinstance(value.elts[0], ast.Constant):
            yield value.elts[0].value, value.elts[1]


def tidied(text: str) -> str:
    """A text as the page shows it: without what joins it to another one, and without an optional end."""
    text = re.sub(f"{HOLE}+", HOLE, text).strip("; ")
    return re.sub(rf"(?<=\w){HOLE}$", "", text)


# A string of shell in double quotes, whose expansions may have quotes of their own, or in single quotes.
EXPANSION = r"\$\([^)]*\)|\$\{[^}]*\}|\$\w+"
STRING = rf'"((?:[^"\\$]|\\.|{EXPANSION})*)"|' + r"'([^']*)'"


def of_shell(script: str, before: str) -> set[str]:
    """The strings behind a pattern, with a hole for each expansion."""
    found = [double or single for double, single in re.findall(rf"{before} *(?:{STRING})", script)]
    return {tidied(re.sub(EXPANSION, HOLE, text).replace("redis-replica: ", "")) for text in found}


def read(path: str) -> str:
    with open(os.path.join(TEMPLATES, path), encoding="utf-8") as file:
        return file.read()


def main() -> None:
    names = sorted(name for name in os.listdir(AGENT) if name.endswith(".py"))
    sources = Sources([*(read(os.path.join(AGENT, name)) for name in names), read("download.py")])
    reasons = sources.reasons()
    reasons |= of_shell(read(os.path.join(AGENT, "install.sh")), r'"\$agent" (?:later|refuse)')
    reasons |= of_shell(read("user-data.sh.hbs"), "echo")
    json.dump({"reasons": sorted(reasons), "logs": sorted(sources.logs())}, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
