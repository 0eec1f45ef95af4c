"""The metrics, in the text format of Prometheus, for a textfile collector.

Everything but the time of the report is read from the agent's files, so each command can write them. An unknown value
has no sample.
"""

from __future__ import annotations

import announcement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from resp import Info
    from world import World

# The labels have underscores, as in `status --json`.
STATES = ("waiting", "in_sync", "promoted", "refused")
FILE = "redis-replica.prom"
# A file of world.run: whether Redis's last background save has succeeded, in Redis's word.
SAVE = "save"


def write(world: World) -> None:
    world.run.write(FILE, text(world))


def text(world: World) -> str:
    state = world.run.text("state").strip().partition(": ")[0].replace(" ", "_")
    since = int(world.run.time("state")) if state else None
    save = world.run.text(SAVE)
    gauges = (
        (
            "state",
            "1 for the present state, 0 for the others.",
            {f'{{state="{each}"}}': int(each == state) for each in STATES},
        ),
        ("state_changed_timestamp_seconds", "Unix time of the last change of the state or its reason.", since),
        (
            "start_refused",
            "1 if Redis is not started until an operator decides, else 0.",
            int(world.run.has("refused")),
        ),
        (
            "failures",
            "Failed starts of Redis and failed runs of the agent since the node was last in sync or promoted.",
            len(world.run.text("failures")),
        ),
        ("save_failed", "1 if Redis's last background save failed, else 0.", int(save == "err") if save else None),
        (
            "interruption_announced",
            "1 if EC2 has announced an interruption of the instance, else 0.",
            is_announced(world, announcement.INTERRUPTION),
        ),
        (
            "rebalance_recommended",
            "1 if EC2 recommends to replace the instance, else 0.",
            is_announced(world, announcement.REBALANCE),
        ),
        (
            "certificate_expiry_timestamp_seconds",
            "Unix time at which the instance's certificate expires.",
            certificate_expiry(world),
        ),
        ("last_report_timestamp_seconds", "Unix time at which the agent wrote the metrics.", int(world.clock.now())),
    )
    return "".join(gauge(*each) for each in gauges)


def gauge(name: str, meaning: str, value: int | Mapping[str, int] | None) -> str:
    """One metric: its value, or its values by label. Empty if the value is unknown."""
    if value is None:
        return ""
    samples = {"": value} if isinstance(value, int) else value
    head = f"# HELP redis_replica_{name} {meaning}\n# TYPE redis_replica_{name} gauge\n"
    return head + "".join(f"redis_replica_{name}{label} {each}\n" for label, each in samples.items())


def is_announced(world: World, name: str) -> int | None:
    try:
        return int(name in announcement.present(world))
    except ValueError:
        return None


def note_save(world: World, info: Info) -> None:
    """Records for the metrics whether the last background save has succeeded."""
    status = info.get("rdb_last_bgsave_status")
    if status in ("ok", "err"):
        world.run.write(SAVE, status)
    else:
        world.run.remove(SAVE)


def certificate_expiry(world: World) -> int | None:
    """When the certificate expires, in seconds since 1970; None without TLS."""
    expiry = world.secrets.text("expiry").strip()
    return int(expiry) if expiry.isdecimal() else None
