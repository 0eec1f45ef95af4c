"""Runs a command of the agent on an instance, each question through an injector elsewhere.

Usage: launcher.py HOST:PORT COMMAND [WORD...]. HOST:PORT is the injector's. The instance's own Redis is asked at the
address of the instance, as soon as the address is known.
"""

from __future__ import annotations

import os
import runpy
import socket
import sys

LIB = "/usr/local/lib/redis-replica"
sys.dont_write_bytecode = True
sys.path.insert(0, LIB)

from resp import Network  # noqa: E402
from typed import split  # noqa: E402
from world import World  # noqa: E402

INJECTOR = sys.argv[1]
agent_main = runpy.run_path(f"{LIB}/__main__.py")["main"]


def dial(address: tuple[str, int], seconds: float) -> socket.socket:
    host, port = address
    if host == "127.0.0.1":
        try:
            with open("/run/redis-replica/address") as file:
                host = file.read().strip()
        except OSError:
            return socket.create_connection(address, seconds)
    connection = socket.create_connection(split(INJECTOR), seconds)
    connection.sendall(f"TO {host}:{port}\n".encode())
    return connection


def main() -> None:
    code = agent_main(sys.argv[2:], World("", Network(dial)))
    sys.stdout.flush()
    # The agent ends in the same way: it does not wait for threads whose server does not reply.
    os._exit(code)


if __name__ == "__main__":
    main()
