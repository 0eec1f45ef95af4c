"""Sends commands to Redis servers: to all at the same time, on one connection each, with a common deadline."""

from __future__ import annotations

import socket
import time
from threading import Thread

from facts import Closed, NoPermission, Refused, Unknown, known
from typed import integer, plain, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Callable, Dict, List, Mapping, Sequence, Tuple, Union

    from login import Login
    from secret import Secret

    # A string, a number, None, Unknown, or a list of these.
    Reply = Any
    Command = Tuple[Union[str, Secret], ...]
    Connect = Callable[[Tuple[str, int], float], socket.socket]

# The largest answer and line, in bytes, and the deepest nesting. CLUSTER NODES of 1,000 nodes with fragmented slots has
# 300 KB.
LIMIT, LINE, DEPTH = 4 << 20, 1 << 16, 8
HERE = "127.0.0.1"


class Reader:
    """Reads RESP2 replies from a stream; ValueError if one is malformed, incomplete, late or too long."""

    def __init__(self, stream: BinaryIO, deadline: float) -> None:
        self.stream, self.deadline, self.left = stream, deadline, LIMIT

    def take(self, data: bytes) -> str:
        self.left -= len(data)
        if self.left < 0 or data[-2:] != b"\r\n" or time.monotonic() > self.deadline:
            raise ValueError("the answer is too long, or not complete")
        return data[:-2].decode("latin-1")

    def reply(self, depth: int = 0) -> Reply:
        first = self.stream.readline(LINE)
        if not first and not depth:
            raise ValueError("the connection ended without an answer; the server may require TLS")
        line = self.take(first)
        kind, text = line[:1], line[1:]
        if kind == "+":
            return text
        if kind == "-":
            return (NoPermission if text[:7] == "NOPERM " else Refused)(plain(text))
        if kind == ":":
            return -integer(text[1:]) if text[:1] == "-" else integer(text)
        if kind in "$*" and text == "-1":
            return None
        if kind == "$":
            size = integer(text, 0, self.left) + 2
            data = self.stream.read(size)
            # A short read may end with a line break of the text itself, which is not the end of the reply.
            return self.take(data if len(data) == size else b"")
        if kind == "*" and depth < DEPTH:
            return [self.reply(depth + 1) for _ in range(integer(text, 0, self.left))]
        raise ValueError(f"not an answer of Redis: {plain(line, 40)}")


def encode(command: Command) -> bytes:
    words = [word.encode("latin-1") if isinstance(word, str) else word.reveal() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Network:
    """Sends commands to servers, after `login`. Tests replace `connect` to intercept the connections."""

    def __init__(self, connect: Connect = socket.create_connection, login: Login | None = None) -> None:
        self.connect, self.login = connect, login

    def ask_all(self, questions: Mapping[str, Sequence[Command]], seconds: float = 2.0) -> dict[str, list[Reply]]:
        """The replies by address, one for each command: a value, or Unknown if there was no answer in time."""
        cannot_log_in = self._load_login()
        if cannot_log_in:
            # That nothing listens on this machine is known without a login, and is not an unknown answer.
            return {
                address: [self._closed(address, seconds) or cannot_log_in] * len(commands)
                for address, commands in questions.items()
            }
        deadline = time.monotonic() + seconds
        found: Dict[str, List[Reply]] = {address: [] for address in questions}
        threads = [
            Thread(target=self._ask, args=(*question, found[question[0]], deadline), daemon=True)
            for question in questions.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        silence = {address: [Unknown(f"{address}: no answer within {seconds:g} s")] for address in questions}
        # A late thread may still append to its list, so the replies are copied.
        return {
            address: (found[address] + silence[address] * len(commands))[: len(commands)]
            for address, commands in questions.items()
        }

    def _load_login(self) -> Unknown | None:
        try:
            self.login.load() if self.login else None
        except Unknown as unknown:
            return unknown
        return None

    def _closed(self, address: str, seconds: float) -> Closed | None:
        """Closed if the port of this machine has no listener; other machines are not asked."""
        host, port = split(address)
        try:
            if host == HERE:
                self.connect((host, port), seconds).close()
        except ConnectionRefusedError as error:
            return Closed(f"{plain(address)}: {plain(error.strerror or error)}")
        except OSError:
            pass
        return None

    def _ask(self, address: str, commands: Sequence[Command], replies: list[Reply], deadline: float) -> None:
        try:
            with self._open(address, deadline) as connection:
                greeting = self.login.greeting(address) if self.login else []
                connection.sendall(b"".join(map(encode, [*greeting, *commands])))
                with connection.makefile("rb") as stream:
                    reader = Reader(stream, deadline)
                    greeted = [reader.reply() for _ in greeting]
                    self.login.check(greeted) if self.login else None
                    for _ in commands:
                        reply = reader.reply()
                        is_error = isinstance(reply, Refused)
                        replies.append(self._reason(type(reply), address, str(reply)) if is_error else reply)
        except socket.timeout:
            # Then ask_all() says so, in the same words as where this thread is late.
            pass
        except Unknown as unknown:
            replies += [self._reason(type(unknown), address, str(unknown))] * len(commands)
        except (OSError, ValueError) as error:
            # A refused connection is an answer of the machine. Any other error is no answer.
            kind = Closed if isinstance(error, ConnectionRefusedError) else Unknown
            text = self.login.explain(error) if self.login else plain(getattr(error, "strerror", None) or error)
            replies += [self._reason(kind, address, text)] * len(commands)

    def _reason(self, kind: type[Unknown], address: str, text: str) -> Unknown:
        """An error that quotes the server. That may repeat what it was sent, as Redis does for an unknown command."""
        return kind(f"{plain(address)}: {self.login.hide(text) if self.login else text}")

    def _open(self, address: str, deadline: float) -> socket.socket:
        connection = self.connect(split(address), deadline - time.monotonic())
        return self.login.secure(connection, address) if self.login else connection

    def may_ask(self, address: str) -> bool:
        """Whether the agent may log in to a server; see login.may_receive()."""
        return not self.login or self.login.may_ask(address)

    def ask(self, address: str, *command: str) -> Reply:
        return self.ask_all({address: [command]})[address][0]


class Info:
    """The fields of INFO. Reading one raises Unknown if INFO was not answered, and KeyError if the field is missing."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        lines = [line.partition(":") for line in reply.split("\r\n")] if isinstance(reply, str) else []
        self.fields = {name: value for name, _, value in lines}

    def __getitem__(self, name: str) -> str:
        known(self.reply)
        return self.fields[name]

    def number(self, name: str) -> int:
        return integer(self[name])

    def get(self, name: str) -> str:
        """The field, or empty if there is none."""
        return self.fields.get(name, "")
