"""Reports the state: the state file, hooks, and the exit codes 0 (done), 10 (waiting) and 20 (refused)."""

from __future__ import annotations

import sys

import metrics
from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, NoReturn

    from world import World

DONE, LATER, REFUSED = 0, 10, 20
# The unit of Redis.
UNIT = "redis-replica.service"
# Files that have the uptime since which something is waited for.
WAITS = "since", "unhealthy", "behind", "silent"
# Seconds without progress after which a wait is reported, and seconds that a hook may take.
PATIENCE, HOOK = 900, 10


def log(text: str) -> None:
    """Writes a line to the journal."""
    print(f"redis-replica: {plain(text, 1000)}", file=sys.stderr, flush=True)


class Leave(Exception):
    """Ends the command with an exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


def set_state(world: World, name: str, detail: str = "") -> None:
    """Sets the state that `status` shows. Each change is logged and passed to a hook."""
    # A reason may quote untrusted text. The state is one printable line, since terminals, hooks and files receive it.
    text = plain(f"{name}: {detail}" if detail else name, 1000)
    before = world.run.text("state").strip()
    # A look at the cluster that was already running must not replace a refusal.
    if text == before or world.run.has("refused") and name != "refused":
        metrics.write(world)
        return
    log(text)
    world.run.write("state", f"{text}\n")
    metrics.write(world)
    event = "" if before.startswith(name) and name in ("in sync", "promoted") else name.replace("in sync", "recovered")
    # A hook is the operator's program. It runs as the agent's user, and its failure is only logged.
    if event and world.etc.has(f"hooks.d/{event}"):
        status, output = world.processes.run(world.etc / f"hooks.d/{event}", text, seconds=HOOK, user=world.agent_user)
        if status != 0:
            log(f"the hook {event} ended with {status}: {output[-200:]}")


def done(world: World, name: str, detail: str) -> None:
    """Sets the state to in sync or promoted, and clears all waits and acceptances."""
    for file in (*WAITS, "predecessors", "throttled", "accepted", "ended", "failures"):
        world.run.remove(file)
    set_state(world, name, detail)


def later(world: World, reason: str, progress: str = "") -> NoReturn:
    """Exits with 10: not yet. If `progress`, a number, does not grow for 15 minutes, reports it. Retries continue."""
    if elapsed(world, "unhealthy", progress) >= PATIENCE:
        report(world, f"{reason}; no progress for {PATIENCE // 60} minutes, still trying")
    set_state(world, "waiting", reason)
    raise Leave(LATER)


def waiting(world: World, detail: str, cause: str) -> None:
    """Sets the state while Redis starts or after it has ended. Repeated ends are also reported after 15 minutes."""
    is_late = bool(cause) and elapsed(world, "unhealthy") >= PATIENCE
    set_state(world, "refused" if is_late else "waiting", f"{detail}; still trying" if is_late else detail)


def report(world: World, reason: str) -> NoReturn:
    """Exits with 20, so that an operator looks at it. Retries continue."""
    set_state(world, "refused", reason)
    raise Leave(REFUSED)


def refuse(world: World, reason: str, refusal: str, evidence: Iterable[str] = ()) -> NoReturn:
    """Exits with 20. Redis is not started until an operator decides. The evidence is logged for that decision."""
    # First, so that a look that is already running does not replace the state.
    world.run.write("refused", f"{reason}\nrefusal {refusal}\n")
    set_state(world, "refused", reason)
    for line in evidence:
        log(line)
    log("to check again: redis-replica retry; to continue and accept data loss: redis-replica accept")
    raise Leave(REFUSED)


def elapsed(world: World, file: str, progress: str = "") -> float:
    """Seconds since the first call in this boot, or since `progress` last exceeded its highest value so far.

    A sync that repeatedly breaks off and starts again makes no progress.
    """
    now = world.clock.uptime()
    begun, *most = world.run.text(file).split() or [""]
    # Bytes loaded say nothing about bytes received, so each kind has its own highest value.
    kind, _, number = progress.rpartition(":")
    before = dict(zip(most[::2], most[1::2]))
    done = int(number) if number.isdecimal() and len(number) < 20 else 0
    if not begun or done > int(before.get(kind or "-", 0)):
        before[kind or "-"] = str(done)
        world.run.write(file, " ".join([f"{now:.0f}", *(word for pair in before.items() for word in pair)]))
        return 0
    return now - float(begun)


def retry(world: World) -> None:
    world.run.remove("since")
    start_again(world)


def start_again(world: World) -> None:
    for name in ("refused", "unhealthy", "hold", "failures"):
        world.run.remove(name)
    world.systemctl("start", "--no-block", UNIT, "redis-replica-reconcile.service")


def accept(world: World) -> None:
    """Accepts the data loss that the present refusal describes, and nothing else. W is not waited for once more."""
    refusal = world.run.text("refused").partition("\nrefusal ")[2].strip()
    if not refusal:
        log(f"there is no refusal to accept; the state is {world.run.text('state').strip() or 'not started'}")
        raise Leave(1)
    world.run.write("accepted", refusal)
    start_again(world)


def status(world: World, as_json: bool) -> None:
    text = world.run.text("state").strip() or "not started"
    name, _, detail = text.partition(": ")
    code = REFUSED if name == "refused" else DONE if name in ("in sync", "promoted") else LATER
    if as_json:
        import json

        since = int(world.run.time("state")) if world.run.has("state") else None
        shown = {"state": name.replace(" ", "_"), "detail": detail, "since": since, "exit_code": code}
        expiry = metrics.certificate_expiry(world)
        if expiry is not None:
            shown["certificate_expires"] = expiry
        text = json.dumps(shown)
    print(text)
    raise Leave(code)
