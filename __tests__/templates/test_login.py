from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from threading import Thread
from typing import Any

from cluster import NODES, A, B, C, R, answer, change
from fakes import put
from pki import PkiCase
from suite import Case, rows

from facts import Closed, Refused, Unknown
from folder import Folder
from login import Login, may_receive, named_by_most, options
from resp import Network
from settings import Settings

MASTER = "10.0.0.1:6379"
LOCAL = "127.0.0.1:6379"
WRONG = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"


class ReceiverTest(Case):
    """Every combination of what is known of an address."""

    @rows(
        ("a server that TLS has verified gets the password", "10.9.9.9:6379", True, False, True),
        ("an address of the settings gets it", MASTER, False, False, True),
        ("an address that most peers name gets it", "10.0.0.2:6379", False, False, True),
        ("any other address does not", "10.9.9.9:6379", False, False, False),
        ("another port of an address of the settings does not", "10.0.0.1:6380", False, False, False),
        ("an address that contains one of the settings does not", "110.0.0.1:6379", False, False, False),
        ("an empty address does not", "", False, True, False),
        ("Redis on this machine gets it", LOCAL, False, True, True),
        ("another process on this machine does not", LOCAL, False, False, False),
        ("a process on this machine that TLS has verified does", LOCAL, True, False, True),
    )
    def rule(self, address: str, is_verified: bool, is_ours: bool, result: bool) -> None:
        self.assertEqual(may_receive(address, {MASTER}, {"10.0.0.2:6379"}, is_verified, is_ours), result)

    def test_this_machine_is_not_trusted_because_peers_or_the_settings_name_it(self) -> None:
        self.assertFalse(may_receive(LOCAL, {LOCAL}, {LOCAL}, False, False))

    def test_that_redis_is_ours_says_nothing_of_other_machines(self) -> None:
        self.assertFalse(may_receive("10.9.9.9:6379", set(), set(), False, True))


class NamedTest(Case):
    def named(self, *answers: Any) -> list[str]:
        return sorted(named_by_most(answers))

    def test_addresses_that_most_answers_list_are_named(self) -> None:
        self.assertEqual(
            self.named(answer(A, NODES), answer(B, NODES), answer(C, change(NODES, R, at="10.9.9.9"))),
            [f"10.0.0.{last}:6379" for last in (1, 2, 3, 4)],
        )

    def test_one_answer_names_none(self) -> None:
        self.assertEqual(self.named(answer(A, NODES)), [])

    def test_the_same_node_at_two_addresses_counts_once(self) -> None:
        self.assertEqual(self.named(answer(A, NODES), answer(A, NODES, at="10.9.9.9:6379")), [])

    def test_half_of_the_answers_do_not_name_one(self) -> None:
        lie = change(NODES, R, at="10.9.9.9")
        found = self.named(answer(A, lie), answer(B, lie), answer(C, NODES), answer(R, NODES))
        self.assertNotIn("10.9.9.9:6379", found)


class LoginCase(Case):
    def setUp(self) -> None:
        self.place = Folder(self.folder())
        self.asked: list[bytes] = []

    def login(self, is_ours: bool = True, **settings: str) -> Login:
        text = "".join(f"{name}='{value}'\n" for name, value in settings.items())
        return Login(Settings(text), self.place, lambda: is_ours)

    def passwords(self, *lines: str) -> None:
        put(self.place / "passwords", "".join(f"{line}\n" for line in lines))

    def server(self, reply: bytes, context: ssl.SSLContext | None = None, ip: str = "127.0.0.1") -> str:
        """A server that reads once, and then sends some bytes."""
        listener = socket.create_server((ip, 0))
        self.addCleanup(listener.close)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), connection:
                    secured = context.wrap_socket(connection, server_side=True) if context else connection
                    with secured:
                        self.asked.append(secured.recv(4096))
                        secured.sendall(reply)

        Thread(target=serve, daemon=True).start()
        return f"{ip}:{listener.getsockname()[1]}"

    def ask(self, login: Login, address: str, commands: int = 1, seconds: float = 1.0) -> list[Any]:
        return Network(login=login).ask_all({address: [("PING",)] * commands}, seconds)[address]


class PasswordTest(LoginCase):
    def setUp(self) -> None:
        super().setUp()
        self.passwords("needle")

    def test_the_password_is_sent_before_the_commands_on_each_connection(self) -> None:
        place = self.server(b"+OK\r\n+PONG\r\n+PONG\r\n")
        self.assertEqual(self.ask(self.login(AUTH_PASSWORD="x"), place, 2), ["PONG", "PONG"])
        self.assertEqual(
            self.asked,
            [b"*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$6\r\nneedle\r\n" + b"*1\r\n$4\r\nPING\r\n" * 2],
        )

    def test_during_a_rotation_one_of_the_passwords_is_enough(self) -> None:
        self.passwords("new", "old")
        for replies in (b"+OK\r\n" + WRONG, WRONG + b"+OK\r\n"):
            login = self.login(AUTH_PASSWORD="x", AUTH_USER="replica")
            self.assertEqual(self.ask(login, self.server(replies + b"+PONG\r\n")), ["PONG"])
            self.assertFalse(login.rejected)
        self.assertIn(b"$7\r\nreplica\r\n$3\r\nnew\r\n", self.asked[0])

    def test_one_of_the_passwords_can_be_tried_alone(self) -> None:
        self.passwords("new", "old")
        login = self.login(AUTH_PASSWORD="x")
        login.load()
        self.ask(login.only(login.passwords[1]), self.server(b"+OK\r\n+PONG\r\n"))
        self.assertNotIn(b"new", self.asked[0])
        self.assertEqual(len(login.passwords), 2)

    def test_a_rejected_password_is_the_answer_to_every_command_in_the_words_of_the_server(self) -> None:
        login, place = self.login(AUTH_PASSWORD="x"), self.server(WRONG + b"+PONG\r\n" * 2)
        replies = self.ask(login, place, 2)
        self.assertEqual([type(reply) for reply in replies], [Refused, Refused])
        self.assertEqual(str(replies[0]), f"{place}: WRONGPASS invalid username-password pair or user is disabled.")
        self.assertTrue(login.rejected)

    @rows(
        ("NOAUTH", b"+OK\r\n-NOAUTH Authentication required.\r\n", "NOAUTH Authentication required."),
        (
            "NOPERM",
            b"+OK\r\n-NOPERM no permissions to run the 'ping' command\r\n",
            "NOPERM no permissions to run the 'ping' command",
        ),
        ("a full server", b"-ERR max number of clients reached\r\n", "ERR max number of clients reached"),
    )
    def is_an_answer_of_type_refused(self, reply: bytes, text: str) -> None:
        login = self.login(AUTH_PASSWORD="x")
        (answer,) = self.ask(login, self.server(reply))
        self.assertIsInstance(answer, Refused)
        self.assertTrue(str(answer).endswith(text), answer)

    def test_a_full_server_has_not_rejected_the_password(self) -> None:
        login = self.login(AUTH_PASSWORD="x")
        self.ask(login, self.server(b"-ERR max number of clients reached\r\n"))
        self.assertFalse(login.rejected)

    def test_a_process_that_is_not_redis_gets_neither_the_password_nor_the_commands(self) -> None:
        place = self.server(b"+OK\r\n+PONG\r\n")
        (reply,) = self.ask(self.login(is_ours=False, AUTH_PASSWORD="x"), place)
        self.assertEqual(str(reply), f"{place}: gets no password: this process is not Redis's own")
        self.assertEqual([asked for asked in self.asked if asked], [])

    def test_a_peer_that_only_one_other_names_gets_neither(self) -> None:
        place = self.server(b"+OK\r\n+PONG\r\n", ip="127.0.0.2")
        (reply,) = self.ask(self.login(AUTH_PASSWORD="x"), place)
        self.assertEqual(type(reply), Unknown)
        self.assertIn("gets no password: without TLS", str(reply))
        self.assertEqual([asked for asked in self.asked if asked], [])

    def test_a_peer_of_the_settings_or_of_most_peers_gets_it(self) -> None:
        place = self.server(b"+OK\r\n+PONG\r\n", ip="127.0.0.2")
        host, port = place.split(":")
        self.assertEqual(self.ask(self.login(AUTH_PASSWORD="x", MASTERS=host, PORT=port), place), ["PONG"])
        login = self.login(AUTH_PASSWORD="x")
        peers = change(NODES, R, at=f"{place}@1")
        login.agree([answer(A, peers), answer(B, peers)])
        self.assertEqual(self.ask(login, place), ["PONG"])

    def test_a_port_without_a_listener_still_refuses_the_connection(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            place = f"127.0.0.1:{listener.getsockname()[1]}"
        (reply,) = self.ask(self.login(is_ours=False, AUTH_PASSWORD="x"), place)
        self.assertIsInstance(reply, Closed)

    def test_before_the_password_is_fetched_nothing_is_asked(self) -> None:
        os.unlink(self.place / "passwords")
        (reply,) = self.ask(self.login(AUTH_PASSWORD="x"), self.server(b"+OK\r\n+PONG\r\n"))
        self.assertEqual(str(reply), "the password has not been fetched yet")
        self.assertEqual([asked for asked in self.asked if asked], [])

    def test_before_the_password_is_fetched_a_port_without_a_listener_refuses_the_connection(self) -> None:
        os.unlink(self.place / "passwords")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            place = f"127.0.0.1:{listener.getsockname()[1]}"
        (reply,) = self.ask(self.login(AUTH_PASSWORD="x"), place)
        self.assertIsInstance(reply, Closed)

    def test_no_reply_or_login_shows_the_password(self) -> None:
        login = self.login(AUTH_PASSWORD="x")
        replies = self.ask(login, self.server(WRONG))
        self.assertNotIn("needle", f"{replies} {vars(login)} {login.greeting(LOCAL)}")

    @rows(
        (
            "an unknown command with its arguments",
            b"-ERR unknown command 'AUTH', with args beginning with: 'default' 'need\r\n",
            "ERR unknown command 'AUTH'",
        ),
        ("an error with it", b"-ERR no: AUTH default needle-and-more\r\n", "ERR no: AUTH default ..."),
        ("an error with its beginning", b"-ERR no: AUTH default needle-a\r\n", "ERR no: AUTH default ..."),
        ("an error for the command after it", b"+OK\r\n-ERR needle-and-more\r\n", "ERR ..."),
        ("a text", b"$6\r\nneedle\r\n", "not an answer to AUTH"),
        ("no answer of Redis", b"needle-and-more\r\n", "not an answer of Redis: ..."),
    )
    def a_server_that_answers_with_the_password_in(self, text: bytes, reason: str) -> None:
        self.passwords("needle-and-more")
        place = self.server(text)
        (reply,) = self.ask(self.login(AUTH_PASSWORD="x"), place)
        self.assertEqual(str(reply), f"{place}: {reason}")


class TlsTest(PkiCase, LoginCase):
    def setUp(self) -> None:
        super().setUp()
        self.bring("ca", "good")

    def bring(self, ca: str, name: str) -> None:
        put(self.place / "ca.pem", self.pki.text(f"{ca}.pem"))
        put(self.place / "certificate.pem", self.pki.text(f"{name}.pem"))
        put(self.place / "key.pem", self.pki.text(f"{name}.key"))

    def context(self, name: str = "good") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pki.path(f"{name}.pem"), self.pki.path(f"{name}.key"))
        context.load_verify_locations(self.pki.path("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def test_a_verified_server_is_asked_and_gets_the_certificate_of_this_machine(self) -> None:
        place = self.server(b"+PONG\r\n", self.context())
        self.assertEqual(self.ask(self.login(TLS_CA="x"), place), ["PONG"])

    def test_a_verified_server_gets_the_password_wherever_it_is(self) -> None:
        self.passwords("needle")
        place = self.server(b"+OK\r\n+PONG\r\n", self.context(), "127.0.0.2")
        self.assertEqual(self.ask(self.login(TLS_CA="x", AUTH_PASSWORD="x"), place), ["PONG"])
        self.assertIn(b"needle", self.asked[0])

    def test_a_server_of_another_ca_gets_nothing(self) -> None:
        self.passwords("needle")
        place = self.server(b"+OK\r\n+PONG\r\n", self.context("foreign"))
        (reply,) = self.ask(self.login(TLS_CA="x", AUTH_PASSWORD="x"), place)
        self.assertEqual(type(reply), Unknown)
        self.assertRegex(str(reply), f"^{place}: no TLS connection: self.signed certificate")
        self.assertEqual([asked for asked in self.asked if asked], [])

    def test_redis_on_this_machine_is_asked_with_an_expired_certificate_so_that_it_can_get_another(self) -> None:
        place = self.server(b"+PONG\r\n", self.context("expired"))
        self.assertEqual(self.ask(self.login(TLS_CA="x"), place), ["PONG"])

    def test_another_server_with_an_expired_certificate_gets_nothing(self) -> None:
        self.passwords("needle")
        place = self.server(b"+OK\r\n+PONG\r\n", self.context("expired"), "127.0.0.2")
        (reply,) = self.ask(self.login(TLS_CA="x", AUTH_PASSWORD="x"), place)
        self.assertEqual(str(reply), f"{place}: no TLS connection: certificate has expired")
        self.assertEqual([asked for asked in self.asked if asked], [])

    def test_a_certificate_that_the_server_rejects_is_unknown(self) -> None:
        self.bring("ca", "foreign")
        (reply,) = self.ask(self.login(TLS_CA="x"), self.server(b"+PONG\r\n", self.context()))
        self.assertIsInstance(reply, Unknown)
        self.assertNotIsInstance(reply, Closed)

    def test_a_connection_that_fails_with_an_expired_certificate_of_this_machine_names_it(self) -> None:
        self.bring("ca", "expired")
        login = self.login(TLS_CA="x")
        put(self.place / "expiry", "1000000000\n")
        (reply,) = self.ask(login, self.server(b"+PONG\r\n", self.context()))
        self.assertRegex(str(reply), "; the certificate of this machine has expired at 2001-09-09 01:46")
        put(self.place / "expiry", "9999999999\n")
        (reply,) = self.ask(login, self.server(b"+PONG\r\n", self.context()))
        self.assertNotIn("expired at", str(reply))

    @rows(
        ("one that answers in words", b"-ERR Protocol error\r\n"),
        ("one that closes the connection", b""),
    )
    def a_server_without_tls_is_unknown_for(self, reply: bytes) -> None:
        (answer,) = self.ask(self.login(TLS_CA="x"), self.server(reply))
        self.assertEqual(type(answer), Unknown)

    def test_a_server_without_tls_that_waits_is_reported_as_such(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            place = f"127.0.0.1:{listener.getsockname()[1]}"
            (reply,) = self.ask(self.login(TLS_CA="x"), place, seconds=0.8)
        self.assertEqual(str(reply), f"{place}: no TLS connection: no answer to the handshake")

    def test_a_server_with_tls_is_reported_by_an_agent_without(self) -> None:
        (reply,) = Network().ask_all({(place := self.server(b"", self.context())): [("PING",)]})[place]
        self.assertEqual(type(reply), Unknown)

    def test_a_certificate_that_cannot_be_used_is_unknown(self) -> None:
        put(self.place / "key.pem", self.pki.text("foreign.key"))
        (reply,) = self.ask(self.login(TLS_CA="x"), self.server(b""))
        self.assertRegex(str(reply), "^the certificate cannot be used: [ -~]+$")


class OptionsTest(LoginCase):
    def test_redis_cli_gets_what_it_needs_to_log_in_and_never_the_password(self) -> None:
        at = self.place.path
        self.assertEqual(options(Settings(""), self.place), "")
        self.assertEqual(options(Settings("AUTH_PASSWORD='x'\n"), self.place), " --user default --askpass")
        self.assertEqual(
            options(Settings("TLS_CA='x'\nAUTH_PASSWORD='x'\nAUTH_USER='replica'\n"), self.place),
            f" --tls --cacert {at}/ca.pem --cert {at}/certificate.pem --key {at}/key.pem --user replica --askpass",
        )
