"""Whether an owner holds less data than an RDB."""

from __future__ import annotations

from typing import Any

from fakes import info
from samples import EMPTY, FULL, ID
from suite import Case, rows

from facts import Unknown, fact
from resp import Info
from staleness import is_stale
from volume import Rdb

SILENCE = Unknown("10.0.0.1:6379: no answer within 2 s")
OWNER = info(redis_version="7.0.15", loading=0, master_replid=ID, master_replid2="0" * 40, master_repl_offset=700)
# It was promoted, or restarted, at an offset of the earlier history.
PARTED = OWNER.replace(ID, "8" * 40).replace("0" * 40, ID) + "second_repl_offset:{}\r\n"
# As a master without a backlog writes it.
NO_HISTORY = b"REDIS0010\xfe\x00\xfb\x01\x00\x00\x01k\x01v\xff" + bytes(8)


class StaleTest(Case):
    @rows(
        ("an owner with the same offset is not stale", FULL, OWNER, 3000, False),
        (
            "an owner with a higher offset is not stale",
            FULL,
            OWNER.replace("offset:700", "offset:9000000000"),
            3000,
            False,
        ),
        ("an owner with a lower offset is stale", FULL, OWNER.replace("offset:700", "offset:699"), 3000, True),
        (
            "an owner that is loading its data cannot be compared",
            FULL,
            OWNER.replace("loading:0", "loading:1"),
            0,
            "loading",
        ),
        ("an empty owner of the same history was emptied on purpose and is not stale", FULL, OWNER, 0, False),
        (
            "an empty owner of the earlier history was emptied on purpose and is not stale",
            FULL,
            PARTED.format(701),
            0,
            False,
        ),
        ("an owner whose history parts from this one at its end is not stale", FULL, PARTED.format(701), 3000, False),
        ("an owner whose history parts from this one before its end is stale", FULL, PARTED.format(700), 3000, True),
        ("an empty owner of another history is stale", FULL, OWNER.replace(ID, "9" * 40), 0, True),
        ("an owner of another history with keys is not stale", FULL, OWNER.replace(ID, "9" * 40), 1, False),
        ("an owner with keys is stale if the RDB has no history", NO_HISTORY, OWNER, 3000, True),
        ("an owner is not stale if an RDB of Redis 6 has none", NO_HISTORY.replace(b"10", b"09"), OWNER, 3000, False),
        ("a volume without keys has nothing to lose", EMPTY, OWNER.replace("offset:700", "offset:0"), 0, False),
        ("a volume without an RDB has nothing to lose", b"", OWNER.replace("offset:700", "offset:0"), 0, False),
        ("a damaged RDB is assumed to have keys", FULL[:100], OWNER.replace(ID, "9" * 40), 0, True),
    )
    def owners(self, content: bytes, reply: str, keys: int, stale: str | bool) -> None:
        self.assertEqual(is_stale(Rdb(content) if content else None, Info(reply), keys), stale)

    @rows(
        ("an INFO that is not answered", SILENCE, 3000),
        ("a number of keys that is not answered", OWNER.replace(ID, "9" * 40), SILENCE),
        ("an INFO without a history", info(loading=0, master_repl_offset=700), 3000),
    )
    def unknown(self, reply: Any, keys: Any) -> None:
        self.assertIsInstance(fact(lambda: is_stale(Rdb(FULL), Info(reply), keys)), Unknown)
