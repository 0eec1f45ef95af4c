"""Changes of the secrets while Redis runs: in a fake world whose servers reject or accept passwords."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from unittest import mock

from cluster import NODES, R, change, text
from fakes import HERE, SETTINGS, FakeNetwork, FakeWorld, info, put
from suite import rows
from test_join import LINK, JoinCase

from facts import NoPermission, Refused, Unknown
from login import Login
from rotation import WARNING, is_due, notes

MASTERS = [f"10.0.0.{last}:6379" for last in (1, 2, 3)]
WRONG = Refused("WRONGPASS invalid username-password pair or user is disabled.")


def digest(password: str) -> str:
    return f"#{sha256(password.encode()).hexdigest()}"


class Servers(FakeNetwork):
    """`accepts` has the passwords of each master; one that is not in it accepts all. `commands` has what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.accepts: dict[str, set[str]] = {}
        self.commands: list[tuple[str, str]] = []

    def ask_all(self, questions: Any, seconds: float = 2.0) -> dict[str, list[Any]]:
        for place, commands in questions.items():
            for command in commands:
                words = [word if isinstance(word, str) else word.reveal().decode() for word in command]
                self.commands.append((place, " ".join(words)))
        found = super().ask_all(questions, seconds)
        for place in found.keys() & self.accepts.keys():
            sent = {password.reveal().decode() for password in self.login.passwords} if self.login else set()
            if not sent & self.accepts[place]:
                found[place] = [WRONG] * len(found[place])
        return found


class RotationCase(JoinCase):
    """A replica in sync, which has started with version 1 of its secrets."""

    settings = f"{SETTINGS}AUTH_PASSWORD='file:/x'\n"

    def setUp(self) -> None:
        self.start(self.settings)

    def start(self, settings: str) -> None:
        self.world = FakeWorld(self.folder(), settings)
        self.world.network = self.network = Servers()
        self.network.login = Login(self.world.settings, self.world.secrets, lambda: True)
        self.world.state.write("node-timeout", "5000\n")
        self.serve(NODES)
        for place in MASTERS:
            self.network.servers[place] = {**self.network.servers[place], "TIME": ["1", "2"]}
        self.copies("1", "needle")
        self.world.run.write("loaded", "1")
        self.world.run.write("applied", "1 None")

    def serve(self, nodes: Any, me: str = R, **here: Any) -> None:
        more = {"ACL USERS": ["default", "gone"], "ACL": "OK", "TIME": ["1", "2"], "INFO": info(**LINK, run_id="run")}
        super().serve(nodes, me, **{**more, **here})

    def copies(self, version: str, *passwords: str, **files: str) -> None:
        folder = self.world.secrets
        put(folder / "passwords", "".join(f"{password}\n" for password in passwords))
        put(folder / "version", version)
        put(folder / "checked", f"{self.world.clock.time:.0f}")
        for name, content in files.items():
            put(folder / name.replace("_", "."), content)
        self.network.login = Login(self.world.settings, folder, lambda: True)

    def changed(self) -> list[str]:
        """What was sent to Redis here that may change it."""
        words = "ACL SETUSER", "ACL DELUSER", "CONFIG SET masterauth", "CONFIG SET requirepass", "CONFIG SET tls"
        found = [command for place, command in self.network.commands if place == HERE and command.startswith(words)]
        self.network.commands.clear()
        return found


class PasswordTest(RotationCase):
    def setUp(self) -> None:
        super().setUp()
        self.network.accepts = {place: {"needle"} for place in MASTERS}

    def rotate(self) -> None:
        self.copies("2", "new", "needle")

    def test_without_a_change_nothing_is_sent(self) -> None:
        self.assertEqual((self.look(), self.look()), (0, 0))
        self.assertEqual(self.changed(), [])

    def test_redis_accepts_both_and_the_link_keeps_the_one_that_its_master_accepts(self) -> None:
        self.rotate()
        self.assertEqual(self.look(), 0)
        self.assertEqual(
            self.changed(),
            [f"ACL SETUSER default {digest('new')} {digest('needle')}", "CONFIG SET masterauth needle"],
        )
        self.assertFalse(self.world.run.has("settled"))

    def test_the_link_takes_the_new_one_once_its_own_master_accepts_only_that(self) -> None:
        self.rotate()
        self.network.accepts["10.0.0.1:6379"] = {"new"}
        self.look()
        self.assertIn("CONFIG SET masterauth new", self.changed())
        self.assertFalse(self.world.run.has("settled"), "two masters do not accept it yet")

    def test_once_every_master_accepts_the_new_one_the_old_one_ends(self) -> None:
        self.rotate()
        self.look()
        self.network.accepts = {place: {"new", "needle"} for place in MASTERS}
        self.changed()
        self.look()
        # The second one also if Redis has restarted meanwhile: it then has this value of requirepass already.
        self.assertEqual(
            self.changed(),
            [
                "CONFIG SET masterauth new",
                f"ACL SETUSER default resetpass {digest('new')}",
                "CONFIG SET requirepass new",
            ],
        )
        self.assertEqual(self.world.run.text("settled"), "2")
        self.assertTrue(self.world.run.has("refresh"), "root is asked to drop the old one")
        self.look()
        self.assertEqual(self.changed(), [])

    def test_a_master_that_is_silent_keeps_the_old_one(self) -> None:
        self.rotate()
        self.network.accepts = {place: {"new"} for place in MASTERS}
        self.network.servers["10.0.0.3:6379"] = {**self.network.servers["10.0.0.3:6379"], "TIME": Unknown("silence")}
        self.look()
        self.assertNotIn("CONFIG SET requirepass new", self.changed())

    def test_a_master_that_denies_the_command_has_accepted_the_password(self) -> None:
        self.rotate()
        self.network.accepts = {place: {"new"} for place in MASTERS}
        for place in MASTERS:
            self.network.servers[place] = {
                **self.network.servers[place],
                "TIME": NoPermission(f"{place}: NOPERM no time"),
            }
        self.look()
        self.assertIn("CONFIG SET requirepass new", self.changed())

    def test_a_redis_that_restarts_meanwhile_accepts_both_again(self) -> None:
        self.rotate()
        self.look()
        self.world.run.write("loaded", "2")
        self.serve(NODES, INFO=info(**LINK, run_id="another"))
        self.changed()
        self.look()
        self.assertIn(f"ACL SETUSER default {digest('new')} {digest('needle')}", self.changed())

    def test_what_redis_rejects_is_reported_and_tried_again(self) -> None:
        self.rotate()
        self.serve(NODES, ACL=Refused(f"{HERE}: ERR Error in ACL SETUSER modifier '>needle': no"))
        self.assertEqual(self.look(), 0)
        self.assertEqual(
            self.world.shown_state.partition("answers; ")[2],
            "Redis does not take the changed secrets: "
            f"ACL SETUSER default: {HERE}: ERR Error in ACL SETUSER modifier ... no",
        )
        self.serve(NODES)
        self.changed()
        self.look()
        self.assertIn(f"ACL SETUSER default {digest('new')} {digest('needle')}", self.changed())
        self.assertNotIn("; ", self.world.shown_state)

    def test_no_state_or_log_shows_a_password(self) -> None:
        self.rotate()
        self.look()
        for base in (self.world.run, self.world.state):
            for name in ("state", "applied", "settled", "unapplied", "refresh"):
                self.assertNotIn("needle", base.text(name))
        self.assertNotIn("needle", self.log)


class AclTest(RotationCase):
    settings = f"{SETTINGS}AUTH_PASSWORD='file:/x'\nACL_FILE='file:/y'\nAUTH_USER='replica'\n"

    def test_users_are_set_one_at_a_time_and_users_that_are_gone_are_removed(self) -> None:
        self.network.accepts = {place: {"needle"} for place in MASTERS}
        self.copies("2", "new", "needle", users_acl="user default off\nuser replica on >new +@all\n")
        self.look()
        both = f"{digest('new')} {digest('needle')}"
        self.assertEqual(
            self.changed(),
            [
                "ACL SETUSER default reset off",
                f"ACL SETUSER replica reset on >new +@all {both}",
                "ACL DELUSER gone",
                f"ACL SETUSER replica {both}",
                "CONFIG SET masterauth needle",
            ],
        )

    def test_at_the_end_the_file_alone_counts(self) -> None:
        self.copies("2", "new", "needle", users_acl="user default off\nuser replica on >new +@all\n")
        self.look()
        self.assertEqual(
            self.changed()[-4:],
            [
                "CONFIG SET masterauth new",
                "ACL SETUSER default reset off",
                "ACL SETUSER replica reset on >new +@all",
                "ACL DELUSER gone",
            ],
        )

    def test_a_right_that_the_file_had_taken_is_given_back(self) -> None:
        self.copies("2", "needle", users_acl="user default off\nuser replica on >needle +@all\n")
        denied = NoPermission("NOPERM this user has no permissions to run the 'info' command")
        self.serve(NODES, INFO=denied)
        self.assertEqual(self.look(), 10)
        self.assertIn("ACL SETUSER replica reset on >needle +@all", " ".join(self.changed()))
        self.assertEqual(self.world.shown_state, f"waiting: Redis does not answer: {denied}")

    def test_a_file_that_cannot_be_read_is_reported(self) -> None:
        self.copies("2", "needle", users_acl="needle\n")
        self.look()
        self.assertIn(
            "Redis does not take the changed secrets: the ACL file is malformed in line 1", self.world.shown_state
        )


class CertificateTest(RotationCase):
    settings = f"{SETTINGS}TLS_CA='file:/x'\nTLS_CERT='file:/y'\nTLS_KEY='file:/z'\n"

    def setUp(self) -> None:
        change = mock.patch.object(Login, "load", lambda login: setattr(login, "version", "2"))
        change.start()
        self.addCleanup(change.stop)
        super().setUp()

    def test_redis_reads_the_files_again(self) -> None:
        self.copies("2")
        self.look()
        self.assertEqual(self.changed(), [f"CONFIG SET tls-cert-file {self.world.secrets / 'certificate.pem'}"])
        self.look()
        self.assertEqual(self.changed(), [])

    @rows(
        ("in 15 days is not reported", 15 * 86400, ""),
        ("in 13 days is reported", 13 * 86400, "the certificate expires at 20"),
        ("in the past is reported", -1, "the certificate has expired at 20"),
    )
    def the_expiry(self, seconds: float, note: str) -> None:
        put(self.world.secrets / "expiry", f"{self.world.clock.now() + seconds:.0f}\n")
        self.assertEqual(self.look(), 0)
        self.assertIn(f"answers; {note}" if note else "answers", self.world.shown_state)
        self.assertEqual("certificate" in self.world.shown_state, bool(note))

    def test_it_is_reported_two_weeks_before(self) -> None:
        self.assertEqual(WARNING, 14 * 86400)


class SeedTest(RotationCase):
    def test_the_masters_that_most_masters_name_get_the_password_after_the_next_start(self) -> None:
        self.assertEqual(self.look(), 0)
        self.assertEqual(self.world.state.text("agreed"), "".join(f"{place}\n" for place in MASTERS))

    def test_an_address_that_one_master_alone_names_does_not(self) -> None:
        lie = change(NODES, "c" * 40, at="10.9.9.9")
        self.serve(NODES)
        for place, id in zip(MASTERS, ("a" * 40, "b" * 40)):
            self.network.servers[place] = {**self.network.servers[place], "CLUSTER NODES": text(id, NODES)}
        self.network.servers[MASTERS[0]] = {**self.network.servers[MASTERS[0]], "CLUSTER NODES": text("a" * 40, lie)}
        self.look()
        self.assertNotIn("10.9.9.9", self.world.state.text("agreed"))
        self.assertNotIn("10.9.9.9:6379", [place for place, _ in self.network.asked])


class RequestTest(RotationCase):
    def test_a_failed_refresh_is_a_note_of_a_replica_in_sync(self) -> None:
        put(self.world.secrets / "failed", "parameter:/a: no answer within 15 s")
        self.assertEqual(self.look(), 0)
        self.assertTrue(
            self.world.shown_state.endswith("; the secrets cannot be refreshed: parameter:/a: no answer within 15 s")
        )

    def test_a_refresh_is_requested_every_so_many_minutes(self) -> None:
        self.look()
        self.assertFalse(self.world.run.has("refresh"))
        self.world.clock.time += 900
        self.look()
        self.assertTrue(self.world.run.has("refresh"))
        self.assertTrue(is_due(self.world))

    def test_a_refresh_is_requested_at_once_after_a_rejected_password(self) -> None:
        self.serve(NODES, CLUSTER_NODES=WRONG)
        assert self.network.login
        self.network.login.rejected = True
        self.assertEqual(self.look(), 10)
        self.assertTrue(self.world.run.has("refresh"))

    def test_a_request_is_repeated_only_after_half_a_minute(self) -> None:
        assert self.network.login
        self.network.login.rejected = True
        requests = []
        for seconds in (0, 29, 1):
            self.world.clock.time += seconds
            self.look()
            requests.append(self.world.run.text("refresh"))
        self.assertEqual(requests, ["1000.0", "1000.0", "1030.0"])

    def test_without_secrets_nothing_is_requested_or_noted(self) -> None:
        self.start(SETTINGS)
        self.network.login = None
        self.world.clock.time += 9000
        self.assertEqual(self.look(), 0)
        self.assertEqual((self.world.run.has("refresh"), notes(self.world)), (False, ""))
