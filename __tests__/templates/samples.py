"""Files as Redis and Valkey write them."""

from __future__ import annotations

from hashlib import md5

import suite  # noqa: F401  (the agent's modules)

ID, SAVED = "8371445ef8cba0ee8b4b1b4e8b4b1b4e8b4b1b4e", 1_700_000_000


def string(text: str) -> bytes:
    """As an RDB has it: small integers in one, two or four bytes, other texts behind their length."""
    if text.lstrip("-").isdecimal():
        for kind, size in enumerate((1, 2, 4)):
            if -(1 << 8 * size - 1) <= int(text) < 1 << 8 * size - 1:
                return bytes([0xC0 | kind]) + int(text).to_bytes(size, "little", signed=True)
    size = len(text)
    return (bytes([size]) if size < 64 else bytes([0x40 | size >> 8, size & 255])) + text.encode()


def rdb(head: bytes = b"REDIS0010", offset: object = 700, saved: int = SAVED, keys: bool = True, **aux: str) -> bytes:
    """The fields in the order of Redis 7, others before the replication's; the checksum is of another kind."""
    fields = {"redis-ver": "7.0.15", "redis-bits": "64", "ctime": str(saved), "used-mem": "1000000"}
    fields.update({name.replace("_", "-"): value for name, value in aux.items()})
    fields.update({"repl-stream-db": "0", "repl-id": ID, "repl-offset": str(offset), "aof-base": "0"})
    body = b"".join(b"\xfa" + string(name) + string(value) for name, value in fields.items())
    # SELECTDB 0, RESIZEDB 1 0, a string "k" that is "v".
    data = b"\xfe\x00\xfb\x01\x00\x00\x01k\x01v" if keys else b""
    content = head + body + data + b"\xff"
    return content + md5(content).digest()[:8]


FULL, EMPTY = rdb(), rdb(keys=False)
