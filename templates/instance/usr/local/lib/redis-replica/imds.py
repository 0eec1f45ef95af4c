"""Requests to the metadata service (IMDSv2). Proxies are bypassed: one would answer with its own host's metadata.

watch.py runs all the time, so this imports little: the module `socket` alone would take another 1.3 MB.
"""

from __future__ import annotations

import os
import time
from _socket import AF_INET, SOCK_STREAM, socket

SERVICE = "169.254.169.254:80"
# The largest answer, in bytes.
LIMIT = 1 << 16


def request(method: str, path: str, header: str) -> bytes:
    """The answer; OSError or ValueError if there is none within two seconds, or it does not end."""
    address = os.environ.get("REDIS_REPLICA_IMDS") or SERVICE
    host, _, port = address.rpartition(":")
    answer, deadline = b"", time.monotonic() + 2
    connection = socket(AF_INET, SOCK_STREAM)
    try:
        connection.settimeout(1)
        connection.connect((host, int(port)))
        lines = f"{method} /latest/{path} HTTP/1.0", f"Host: {address}", f"X-aws-ec2-metadata-token{header}", "", ""
        connection.sendall("\r\n".join(lines).encode())
        while part := connection.recv(4096):
            answer += part
            if len(answer) > LIMIT or time.monotonic() > deadline:
                raise ValueError("an answer that does not end")
    finally:
        connection.close()
    return answer


def parse(answer: bytes) -> tuple[str, str, str]:
    """The status line, the header Date and the body; each may be empty."""
    head, _, body = answer.decode("latin-1").partition("\r\n\r\n")
    first, *fields = head.split("\r\n")
    dates = [field[5:].strip() for field in fields if field[:5].lower() == "date:"]
    return first, (dates or [""])[0], body.strip()
