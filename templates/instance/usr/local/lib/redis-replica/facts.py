"""A fact is a value or Unknown. A decision is evaluated for every value that its unknown facts may have."""

from __future__ import annotations

from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Tuple, Union

    # An action and its reason: ("later", "the replication link is down").
    Action = Tuple[str, str]
    Decide = Callable[["Facts"], Action]
    Fact = Union[str, "Unknown"]
    Known = Dict[str, Fact]


class Unknown(Exception):
    """A fact that could not be determined; its text is the reason."""


class Refused(Unknown):
    """The server answered with an error."""


class NoPermission(Refused):
    """The server's access control list denies the command to the agent's user; the text names the command."""


class Closed(Refused):
    """The machine refused the connection: no process listens there."""


def known(value: Any) -> Any:
    """Returns the value; raises it if it is Unknown."""
    if isinstance(value, Unknown):
        raise value
    return value


def fact(get: Callable[[], object]) -> Fact:
    """The value as text, yes or no; Unknown if reading it fails or it has an unexpected form."""
    try:
        value = get()
        return value if isinstance(value, (str, Unknown)) else "yes" if value else "no"
    except (Unknown, OSError, ValueError, LookupError, TypeError) as error:
        if isinstance(error, Unknown):
            return error
        text = f"no {error} in the answer" if isinstance(error, KeyError) else error
        return Unknown(plain(text) or type(error).__name__)


class Needed(Exception):
    """A decision depends on a fact that is unknown; the text is its name."""


class Facts:
    """Facts by name, as attributes. Reading a fact that is unknown and not assumed raises Needed."""

    def __init__(self, facts: Known, assumed: dict[str, str]) -> None:
        self._facts = {**facts, **assumed}

    def __getattr__(self, name: str) -> str:
        value = self._facts[name]
        if isinstance(value, Unknown):
            raise Needed(name)
        return value


def settle(decide: Decide, facts: Known, domains: dict[str, str], **assumed: str) -> Action:
    """The action that `decide` takes for every value of the unknown facts, if it is always the same.

    Otherwise "later", with the reason of the first unknown fact that the decision needed.
    """
    try:
        return decide(Facts(facts, assumed))
    except Needed as needed:
        name = str(needed)
    actions = [settle(decide, facts, domains, **{**assumed, name: value}) for value in domains[name].split()]
    return actions[0] if len(set(actions)) == 1 else ("later", str(facts[name]))
