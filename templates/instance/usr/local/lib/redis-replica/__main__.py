"""redis-replica: keeps this machine a replica of a Redis Cluster. docs/instance.md describes it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from world import World

USAGE = "\n".join(
    [
        "usage: redis-replica COMMAND",
        "  status [--json]  print the state and its reason",
        "  join             wait until in sync",
        "  retry            check again after a refusal",
        "  accept           check again, and accept the data loss that this refusal describes",
        "run by systemd and user data:",
        "  setup, install, prepare, refresh, reconcile, watch, leave, stop, stopped, later, refuse",
        "exit: 0 in sync or promoted; 10 waiting, retries automatically; 20 refused: an operator must decide",
    ]
)


def run(world: World, command: str, words: list[str]) -> int:
    """Runs one command and returns its exit code. Modules are imported where needed: every import slows each step."""
    import report

    for folder in (world.run, world.state) if os.access(os.path.dirname(world.run.path), os.W_OK) else ():
        folder.make()
    if command in ("join", "reconcile"):
        from join import join_within

        return join_within(world, 600 if command == "join" else 50)
    if command == "status":
        report.status(world, "--json" in words)
    elif command in ("retry", "accept"):
        getattr(report, command)(world)
    elif command == "later":
        # Called by user data and install.sh during installation.
        report.later(world, words[0])
    elif command == "refuse":
        # A Redis that runs is left alone: a refusal would end its looks, and it could be elected without them.
        report.refuse(world, words[0], "install") if world.runs() == "no" else report.report(world, words[0])
    elif command in ("prepare", "install"):
        import prepare

        prepare.prepare(world) if command == "prepare" else prepare.install(world, anew=True)
    elif command == "stop":
        from stop import stop

        stop(world, int(os.environ.get("MAINPID") or 0))
    elif command == "stopped":
        from stop import stopped

        stopped(world, words[0], os.environ.get("EXIT_STATUS", ""))
    elif command == "refresh":
        from credentials import refresh

        # This unit has no capabilities, so that it reads without changing to the owner.
        world.run.owner = None
        refresh(world)
    elif command == "leave":
        from leave import leave

        # As for `refresh`.
        world.run.owner = None
        leave(world)
    elif command == "setup":
        from setup import setup

        setup(world)
    else:
        print(USAGE)
        return command not in ("help", "-h", "--help")
    return 0


def main(argv: list[str], world: World | None = None) -> int:
    if argv == ["watch"]:
        # Runs all the time. The modules below would take another 3 MB.
        from watch import watch

        watch()
    from contextlib import suppress

    import report
    from typed import plain
    from world import World

    try:
        os.umask(0o022)
        world = world or World(os.environ.get("REDIS_REPLICA_ROOT", ""))
        return run(world, argv[0] if argv else "", argv[1:])
    except report.Leave as leave:
        return leave.code
    except Exception as error:
        # Most often a full or read-only disk. No action is left half done, and the next run tries again.
        text = plain(f"{type(error).__name__}: {error}")
        report.log(text)
        with suppress(OSError, report.Leave):
            if world:
                # After several failures, `prepare` delays each further start.
                world.run.write("failures", world.run.text("failures") + ".")
                report.later(world, text)
        return report.LATER


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Do not wait for threads whose server or resolver does not respond.
    os._exit(code)
