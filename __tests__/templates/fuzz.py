"""Feeds the agent's parsers mutations of valid samples, and random bytes.

    python3 fuzz.py [COUNT] [SEED] [PARSER...]

Each parser gets COUNT inputs. It may return a value within bounds or raise ValueError (Info: Unknown or KeyError); any
other exception, a value out of bounds, or an input that takes longer than a second is a finding: it is printed, and the
exit code is 1. The same seed gives the same inputs.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from io import BytesIO
from itertools import repeat
from typing import Any, Callable

import cluster
import samples
import suite  # noqa: F401  (the agent's modules)

import acl
import metadata
import receipt
import resp
import server_conf
import store
import tls
import trouble
from facts import Refused, Unknown
from nodes import Node, ends, is_whole, parse_nodes
from secret import Secret
from settings import Settings
from typed import MOST, is_ip, matched
from volume import Own, Rdb

# The longest time for one input, in seconds of CPU: other processes must not make an input look slow.
SLOW = 1.0
# The largest input, in bytes.
MOST_BYTES = 4096
# Characters and words with a meaning for some parser, a shell, a terminal or a path.
TOKENS = (
    *(
        b"\r\n",
        b"\n",
        b"\0",
        b" ",
        b":",
        b"@",
        b",",
        b"-",
        b"'",
        b"'\\''",
        b"\\",
        b"=",
        b"$",
        b"*",
        b"+",
        b"%",
        b"/",
        b"../",
    ),
    *(
        b"\x1b[2J",
        b"$(id)",
        b"`id`",
        b";",
        b"PORT[$(id)]",
        b"\xff",
        b"\xfa",
        b"\xc0",
        b"\x80",
        b"\xd9\xa3",
        b"\xb2",
        b"\x85",
    ),
    *(
        b"-1",
        b"0",
        b"65535",
        b"65536",
        b"16383",
        b"16384",
        b"9223372036854775807",
        b"9223372036854775808",
        b"1e9",
        b"0x10",
    ),
    *(b"myself,", b"master", b"slave", b"noaddr", b"handshake", b"connected", b"[1->-", b"::1", b"vars ", b"a" * 40),
    *(b"$4194305\r\n", b"*4194305\r\n", b"$-1\r\n", b"*-1\r\n", b"*1\r\n" * 9, b"HTTP/1.0 200\r\n\r\n", b" # "),
)


def mutate(draw: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """Makes a few small changes to bits, bytes, tokens and parts. A part may be replaced by one of another sample."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        size = len(data)
        at, end = sorted((draw.randrange(size + 1), draw.randrange(size + 1)))
        kind = draw.randrange(8)
        if kind == 0 and at < size:
            data = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + bytes([draw.randrange(256)]) + data[at:]
        elif kind == 2:
            data = data[:at] + draw.choice(TOKENS) + data[at + draw.choice((0, 1, 5)) :]
        elif kind == 3:
            data = data[:at] + data[end:]
        elif kind == 4:
            data = data[:end] + data[at:end] * draw.choice((1, 2, 20)) + data[end:]
        elif kind == 5:
            data = data[:at]
        elif kind == 6:
            other = draw.choice(others)
            data = data[:at] + other[draw.randrange(len(other) + 1) :]
        else:
            data = data[:at] + draw.choice(TOKENS) * draw.choice((1, 1, 3, 100)) + data[at:]
        data = data[:MOST_BYTES]
    return data


def expect(condition: object, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def printable(text: str, limit: int) -> None:
    expect(len(text) <= limit and all(" " <= each <= "~" for each in text), f"not plain: {text!r}")


ID = re.compile("[0-9a-f]{40}").fullmatch
HOST = re.compile(r"[\w.:-]{1,253}", re.ASCII).fullmatch


def check_node(node: Node) -> None:
    expect(all(not each or ID(each) for each in (node.id or "none", node.master, node.shard)), "an ID is 40 hex digits")
    expect(0 <= node.port <= 65535 and 0 <= node.bus <= 65535, "ports have 16 bits")
    expect(all(0 <= value <= MOST for value in (node.ping, node.pong, node.epoch)), "numbers have 63 bits")
    expect(not node.host or HOST(node.host), "a host is an address or a name, and safe in a command")
    expect(all(0 <= first <= last <= 16383 for first, last in map(ends, node.slots)), "slots are 0 to 16383")
    expect(node.role in ("owner", "bare", "replica"), "a role")


def fuzz_reply(data: bytes) -> None:
    def check(reply: Any, depth: int) -> None:
        if isinstance(reply, list):
            expect(depth < resp.DEPTH, "lists are not nested without end")
            for each in reply:
                check(each, depth + 1)
        elif isinstance(reply, Refused):
            printable(str(reply), 200)
        elif isinstance(reply, int):
            expect(-MOST <= reply <= MOST, "numbers have 63 bits")
        else:
            expect(reply is None or isinstance(reply, str) and len(reply) <= len(data), "a text of what was sent")

    check(resp.Reader(BytesIO(data), time.monotonic() + 60).reply(), 0)


def fuzz_nodes(data: bytes) -> None:
    for node in parse_nodes(data.decode("latin-1")):
        check_node(node)


def fuzz_nodes_conf(data: bytes) -> None:
    text = data.decode("latin-1")
    is_whole(text)
    own = Own(text)
    expect(own.role in ("none", "owner", "bare", "replica"), "a role")
    for node in own.nodes.values():
        check_node(node)


def fuzz_info(data: bytes) -> None:
    info = resp.Info(data.decode("latin-1"))
    for name in ("master_repl_offset", "uptime_in_seconds", "used_memory"):
        with suppress(KeyError, ValueError):
            expect(0 <= info.number(name) <= MOST, "numbers have 63 bits")
    with suppress(KeyError, Unknown):
        expect(all(0 <= part <= 9999 for part in server_conf.version(info)[1]), "a version has small numbers")


def fuzz_rdb(data: bytes) -> None:
    rdb = Rdb(data)
    expect(-1 <= rdb.offset <= MOST and -1 <= rdb.saved <= MOST, "numbers have 63 bits")
    expect(rdb.has_keys or not rdb.damage, "a damaged one is taken to have keys")
    printable(rdb.damage, 200)
    printable(str(rdb), 100)


def fuzz_settings(data: bytes) -> None:
    settings = Settings(data.decode("latin-1"))
    expect(1 <= settings.port <= 65535, "a port")
    expect(all(isinstance(each, str) for each in settings.all.values()), "values are texts")


def fuzz_receipt(data: bytes) -> None:
    node, _, times = receipt.parse(data.decode("latin-1"))
    expect(all(len(id) == 40 for id in (node, *times)), "an ID is 40 hex digits")
    expect(all(0 <= time <= MOST for time in times.values()), "times have 63 bits")


def fuzz_metadata(data: bytes) -> None:
    body = metadata.body(data)
    if is_ip(body):
        expect(len(body) < 64 and set(body) <= set("0123456789abcdefABCDEF.:"), "an IP address")
    elif body:
        printable(matched(metadata.INSTANCE, body, "an instance ID"), 64)


def fuzz_journal(data: bytes) -> None:
    lines = data.decode("latin-1").split("\n")
    printable(trouble.cause(lines), 200)
    printable(trouble.exit_cause(lines), 1000)


def fuzz_acl(data: bytes) -> None:
    for name, rules in acl.users(Secret(data)).items():
        expect(bool(name) and all(rules), "a user has a name, and no rule is empty")


def fuzz_certificate(data: bytes) -> None:
    expect(abs(tls.expiry(data.decode("latin-1"))) < 1 << 40, "a time between the years 1 and 9999")


def fuzz_store(data: bytes) -> None:
    with suppress(Unknown):
        answer = store.read(200, data, "parameter:/a")
        text = answer.get("SecretString")
        if isinstance(text, str):
            expect(
                len(store.usable(store.field(text, "k", "secretsmanager:a#k"), "a").reveal()) <= store.SIZE, "a size"
            )


NODES = [
    *cluster.NODES,
    cluster.Line("1" * 40, f"10.0.0.7:6379@16379,redis-a,tls-port=0,shard-id={'2' * 40}", "slave,fail?", cluster.B),
    cluster.Line("3" * 40, "2001:db8::1:6379@16379", "master,nofailover", slots="5 7-9 [93-<-" + "4" * 40 + "]"),
    cluster.Line("5" * 40, ":0@0", "slave,fail,noaddr", link="disconnected"),
    cluster.Line("6" * 40, "10.0.0.8", "handshake"),
]
# Lines of CLUSTER NODES: the node that answers, and two others.
TEXTS = [cluster.text(NODES[at].id, [*NODES, *NODES][at : at + 3]).encode() for at in range(len(NODES))]
INFO = (
    b"# Server\r\nredis_version:7.0.15\r\nvalkey_version:8.1.1\r\nuptime_in_seconds:100\r\n"
    b"# Memory\r\nused_memory:1000000\r\n"
    b"# Replication\r\nrole:master\r\nslave0:ip=10.0.0.4,port=6379,state=online,offset=700,lag=0\r\n"
    b"master_repl_offset:700\r\n"
)
JOURNAL = (
    b"13335:S 28 Nov 2026 22:22:45.094 * Connecting to MASTER 10.0.0.1:6379\n"
    b"13335:S 28 Nov 2026 22:22:45.094 # Unexpected reply to PSYNC from master: -NOAUTH Authentication required.\n"
    b"*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 3\n"
    b">>> 'hz \"abc\"'\nbad\n"
)
CERTIFICATE = (
    b"-----BEGIN CERTIFICATE-----\n"
    b"MIIBbTCCAROgAwIBAgIULsNCo7pwcE3rSES5tlgtCg0qUsYwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjkxNDMw\n"
    b"NThaFw0yNjEyMjkxNDMwNThaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR8eC4CeYU8fmgbxRftC1+H\n"
    b"Nu7S3FP8hzvV6WSn1obhojjvEhvrFEFsZQs2lZvEvr0/A6LLlMtJrfVDmqTL0Za3o1MwUTAdBgNVHQ4EFgQUOAUk7uoKhDs3Nqsw\n"
    b"5YEmhNk8n90wHwYDVR0jBBgwFoAUOAUk7uoKhDs3Nqsw5YEmhNk8n90wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF\n"
    b"AiEAqS448xUujn87dEhevdtR6Buh9jiVoC33qDBSJYEapOYCIB0b0RCY7NH9CK9zfykUyNL4y3i3fxF/2L2OxpGgk+Pj\n"
    b"-----END CERTIFICATE-----\n"
)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
PARSERS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "resp": (
        fuzz_reply,
        [
            *(b"+OK\r\n", b"-MOVED 5 10.0.0.1:6379\r\n", b":-42\r\n", b"$-1\r\n", b"*-1\r\n", b"$5\r\nhello\r\n"),
            *(b"*3\r\n$6\r\nmaster\r\n:700\r\n*1\r\n*3\r\n$8\r\n10.0.0.4\r\n$4\r\n6379\r\n$3\r\n700\r\n", b"*0\r\n"),
            b"$%d\r\n%s\r\n" % (len(INFO), INFO),
        ],
    ),
    "nodes": (fuzz_nodes, TEXTS),
    "nodes_conf": (fuzz_nodes_conf, [text + cluster.VARS.encode() for text in TEXTS]),
    "info": (fuzz_info, [INFO]),
    "rdb": (
        fuzz_rdb,
        [samples.FULL, samples.EMPTY, samples.rdb(b"REDIS0012"), samples.rdb(b"VALKEY080", offset=5_000_000_000)],
    ),
    "settings": (
        fuzz_settings,
        [
            b"MASTERS='10.0.0.1 redis-b'\nPORT='6380'\nSHARD='redis-c'\nDIRECTIVES='hz 20\nrequirepass it'\\''s'\n",
            b"PORT='1'\n",
        ],
    ),
    "receipt": (
        fuzz_receipt,
        [f"node {cluster.R}\nrdb 185 0001020304050607\npeer {cluster.A} 5\npeer {cluster.B} 6\n".encode()],
    ),
    "metadata": (
        fuzz_metadata,
        [HTTP + b"10.0.0.4", HTTP + b"i-0123456789abcdef0", HTTP + b"AQAEAH==", b"HTTP/1.0 404 Not Found\r\n\r\n"],
    ),
    "journal": (fuzz_journal, [JOURNAL]),
    "acl": (fuzz_acl, [b"# people\nuser default off\nuser replica on >a #b ~* %R~b &* +@all -get (~x +set)\n"]),
    "certificate": (fuzz_certificate, [CERTIFICATE]),
    "store": (fuzz_store, [b'{"SecretString": "{\\"k\\": \\"v\\"}"}', b'{"__type": "a#B", "message": "c"}', b"[]"]),
}


def fuzz(name: str, count: int, seed: int) -> list[str]:
    """The findings, at most ten."""
    parse, valid = PARSERS[name]
    draw, found = random.Random(f"{name} {seed}"), []
    for index in range(count):
        data = draw.randbytes(draw.randrange(64)) if index % 10 == 0 else mutate(draw, draw.choice(valid), valid)
        begun = time.process_time()
        try:
            parse(data)
        except ValueError:
            pass
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            found.append(f"{name}: {type(error).__name__}: {error} at {where.name}:{where.lineno} for {data[:300]!r}")
        if time.process_time() - begun > SLOW:
            found.append(f"{name}: {time.process_time() - begun:.1f} s for {len(data)} bytes {data[:300]!r}")
        if len(found) >= 10:
            break
    return found


def timed(name: str, count: int, seed: int) -> tuple[str, list[str]]:
    begun = time.monotonic()
    found = fuzz(name, count, seed)
    return f"{name}: {count} inputs, {len(found)} findings, {time.monotonic() - begun:.1f} s", found


def main(argv: list[str]) -> int:
    count, seed = (int(word) for word in (argv + ["10000", "1"][len(argv) :])[:2])
    names, code = argv[2:] or list(PARSERS), 0
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        for line, found in processes.map(timed, names, repeat(count), repeat(seed)):
            print("\n  ".join([line, *found]), flush=True)
            code = code or int(bool(found))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
