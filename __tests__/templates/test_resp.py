from __future__ import annotations

import socket
import time
from contextlib import suppress
from io import BytesIO
from threading import Thread
from typing import Any

from suite import Case, rows

from facts import Closed, Refused, Unknown
from resp import LIMIT, Info, Network, Reader, encode


def read(data: bytes) -> Any:
    return Reader(BytesIO(data), time.monotonic() + 60).reply()


class ReaderTest(Case):
    @rows(
        ("a status is a text", b"+OK\r\n", "OK"),
        ("a number is a number", b":42\r\n", 42),
        ("a number below zero is a number", b":-42\r\n", -42),
        ("a bulk is a text, line ends included", b"$6\r\na\r\nb\r\n\r\n", "a\r\nb\r\n"),
        ("an empty bulk is an empty text", b"$0\r\n\r\n", ""),
        ("a null bulk is None", b"$-1\r\n", None),
        ("a null list is None", b"*-1\r\n", None),
        ("a list has its elements", b"*3\r\n+a\r\n:1\r\n*1\r\n$-1\r\n", ["a", 1, [None]]),
        ("an empty list has no elements", b"*0\r\n", []),
        ("each byte beyond ASCII is one character", b"$2\r\n\xc3\xa9\r\n", "\xc3\xa9"),
    )
    def replies(self, data: bytes, value: object) -> None:
        self.assertEqual(read(data), value)

    def test_an_error_is_an_answer_of_type_refused(self) -> None:
        reply = read(b"-NOAUTH Authentication\x1b[2J required.\r\n")
        self.assertIsInstance(reply, Refused)
        self.assertEqual(str(reply), "NOAUTH Authentication?[2J required.")

    @rows(
        ("nothing is no answer", b""),
        ("a truncated line is no answer", b"+OK"),
        ("a line without a carriage return is no answer", b"+OK\n"),
        ("a truncated bulk is no answer", b"$5\r\nhel"),
        ("a bulk that is truncated at the end of a line is no answer", b"$10\r\na:1\r\nb:2\r\n"),
        ("a bulk that is longer than its length is no answer", b"$1\r\nhello\r\n"),
        ("a truncated list is no answer", b"*2\r\n+a\r\n"),
        ("a length below zero is no answer", b"$-2\r\n\r\n"),
        ("a length with a sign is no answer", b"$+1\r\na\r\n"),
        ("a length with an underscore is no answer", b"*1_0\r\n"),
        ("a length in other digits is no answer", b"$\xb2\r\naa\r\n"),
        ("a length beyond the limit is no answer", b"$%d\r\n" % (LIMIT + 1)),
        ("a list beyond the limit is no answer", b"*%d\r\n" % (LIMIT + 1)),
        ("a number beyond 64 bits is no answer", b":9223372036854775808\r\n"),
        ("a list of endlessly nested lists is no answer", b"*1\r\n" * 100),
        ("a page of a web server is no answer", b"HTTP/1.1 400 Bad Request\r\n"),
        ("a reply in RESP3 is no answer", b"%1\r\n+a\r\n+b\r\n"),
        ("an empty line is no answer", b"\r\n"),
        ("a line without an end is no answer", b"+" + b"a" * (1 << 20) + b"\r\n"),
    )
    def refused(self, data: bytes) -> None:
        with self.assertRaises(ValueError):
            read(data)

    def test_a_list_with_a_million_texts_ends_at_the_limit(self) -> None:
        with self.assertRaises(ValueError):
            read(b"*1000000\r\n" + b"$32\r\n%b\r\n" % (b"a" * 32) * 1_000_000)

    def test_an_answer_after_the_deadline_does_not_count(self) -> None:
        with self.assertRaises(ValueError):
            Reader(BytesIO(b"+OK\r\n"), time.monotonic() - 1).reply()

    def test_words_are_sent_with_their_length(self) -> None:
        self.assertEqual(encode(("GET", "a\r\nDEL b")), b"*2\r\n$3\r\nGET\r\n$8\r\na\r\nDEL b\r\n")


class NetworkTest(Case):
    def server(self, *parts: bytes, pause: float = 0, hold: float = 0) -> str:
        """A server that sends some bytes to every client, with pauses, and then closes or keeps the connection."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        for part in parts:
                            connection.sendall(part)
                            time.sleep(pause)
                        time.sleep(hold)

        Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    def ask(self, address: str, seconds: float = 1.0, commands: int = 1) -> list[Any]:
        return Network().ask_all({address: [("PING",)] * commands}, seconds)[address]

    def test_each_command_has_its_answer(self) -> None:
        self.assertEqual(self.ask(self.server(b"+PO", b"NG\r\n:1\r\n"), commands=2), ["PONG", 1])

    def test_if_a_server_closes_the_connection_earlier_answers_count_and_the_rest_is_unknown(self) -> None:
        first, second = self.ask(self.server(b"+PONG\r\n$100\r\nhalf\r\n"), commands=2)
        self.assertEqual(first, "PONG")
        self.assertIsInstance(second, Unknown)
        self.assertNotIsInstance(second, Refused)

    def test_a_silent_server_is_unknown_at_the_deadline(self) -> None:
        begun = time.monotonic()
        (reply,) = self.ask(self.server(hold=5), seconds=0.3)
        self.assertIsInstance(reply, Unknown)
        self.assertLess(time.monotonic() - begun, 2)

    def test_a_server_that_sends_a_byte_at_a_time_is_unknown_at_the_deadline(self) -> None:
        begun = time.monotonic()
        (reply,) = self.ask(self.server(*[b"+"] * 100, pause=0.05), seconds=0.3)
        self.assertIsInstance(reply, Unknown)
        self.assertLess(time.monotonic() - begun, 2)

    def test_the_reason_is_the_same_whether_the_connection_or_the_reply_times_out(self) -> None:
        def late(address: tuple[str, int], seconds: float) -> socket.socket:
            raise socket.timeout("timed out")

        for network in (Network(late), Network()):
            place = self.server(hold=5)
            (reply,) = network.ask_all({place: [("PING",)]}, 0.3)[place]
            self.assertEqual(str(reply), f"{place}: no answer within 0.3 s")

    def test_a_silent_server_does_not_keep_another_from_answering(self) -> None:
        places = self.server(hold=5), self.server(b"+PONG\r\n")
        replies = Network().ask_all(dict.fromkeys(places, [("PING",)]), 0.5)
        self.assertIsInstance(replies[places[0]][0], Unknown)
        self.assertEqual(replies[places[1]], ["PONG"])

    def test_a_port_without_a_listener_refuses_the_connection(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            place = f"127.0.0.1:{listener.getsockname()[1]}"
        (reply,) = self.ask(place)
        self.assertIsInstance(reply, Closed)

    def test_a_server_that_answers_so_in_words_does_not_pass_for_a_port_without_a_listener(self) -> None:
        (reply,) = self.ask(self.server(b"-ERR Connection refused\r\n"))
        self.assertEqual(type(reply), Refused)

    @rows(
        ("an address without a port is unknown", "10.0.0.1"),
        ("an empty address is unknown", ""),
        ("an address with a port of zero is unknown", "10.0.0.1:0"),
        ("an address that is a command is unknown", "$(id):6379"),
        ("a name that does not resolve is unknown", "no-such-host.invalid:6379"),
    )
    def addresses(self, address: str) -> None:
        (reply,) = self.ask(address)
        self.assertIsInstance(reply, Unknown)
        self.assertRegex(str(reply), "^[ -~]+$")

    def test_an_error_names_the_server_that_sent_it(self) -> None:
        place = self.server(b"-LOADING Redis is loading\r\n")
        self.assertEqual(str(self.ask(place)[0]), f"{place}: LOADING Redis is loading")


class InfoTest(Case):
    def test_fields_are_read_by_name_and_may_contain_colons(self) -> None:
        info = Info("# Server\r\nrole:master\r\nmaster_host:::1\r\nmaster_repl_offset:700\r\n")
        self.assertEqual((info["role"], info["master_host"], info.number("master_repl_offset")), ("master", "::1", 700))
        self.assertEqual(info.get("nothing"), "")

    def test_a_field_of_an_unanswered_info_is_unknown_and_never_a_default(self) -> None:
        info = Info(Unknown("silence"))
        with self.assertRaises(Unknown):
            info["role"]
        with self.assertRaises(Unknown):
            info.number("master_repl_offset")

    @rows(
        ("an offset that is a command is no number", "PORT[$(id>file)]"),
        ("an offset below zero is no number", "-1"),
        ("an empty offset is no number", ""),
        ("an offset with a space is no number", " 7"),
        ("an offset beyond 64 bits is no number", "9223372036854775808"),
        ("an offset in other digits is no number", "\u0663"),
    )
    def numbers(self, text: str) -> None:
        with self.assertRaises(ValueError):
            Info(f"master_repl_offset:{text}\r\n").number("master_repl_offset")

    def test_a_field_that_is_missing_is_a_lookup_error(self) -> None:
        with self.assertRaises(LookupError):
            Info("role:master\r\n")["master_repl_offset"]
