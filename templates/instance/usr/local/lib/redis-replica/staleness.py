"""Compares the owner of this node's shard with this volume: a replica that followed a stale owner would lose data."""

from __future__ import annotations

from facts import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from resp import Info, Reply
    from volume import Rdb


def is_stale(rdb: Rdb | None, info: Info, keys: Reply) -> str | bool:
    """Whether the owner holds less data than this volume: yes, no or "loading".

    An empty owner with the same replication history and a higher offset was emptied on purpose, so it is not stale. An
    owner whose history parts from this one before its end lacks what follows; Redis would not continue there either.
    """
    if not rdb or not rdb.has_keys:
        return False
    if info.get("loading") == "1":
        return "loading"
    if rdb.offset < 0 and not rdb.damage and rdb.magic > b"REDIS0009":
        # A master without a backlog writes none, so nothing shows that the owner has these keys. Nor does Redis 6 write
        # one while a full sync is pending.
        return True
    if rdb.offset > info.number("master_repl_offset"):
        return True
    if rdb.id not in (info["master_replid"], info["master_replid2"]):
        return bool(known(keys) == 0)
    return rdb.id != info["master_replid"] and rdb.offset >= info.number("second_repl_offset")
