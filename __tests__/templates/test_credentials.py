from __future__ import annotations

import json
import os
import stat
from hashlib import sha256
from typing import Any
from unittest import mock

from fakes import SETTINGS, FakeWorld, left_with, put
from pki import PkiCase
from suite import INSTANCE, Case, rows

import credentials
from credentials import bring, file_system, refresh, swapped_to

MOUNTS = """22 1 259:1 / / rw,relatime shared:1 - xfs /dev/nvme0n1p1 rw
25 22 0:24 / /run rw,nosuid shared:2 - tmpfs tmpfs rw,mode=755
30 25 0:30 / /run/user\\040x rw - fuse x rw
"""
ACL = "user default off\nuser replica on >needle ~* +@all\n"


class MemoryTest(Case):
    @rows(
        ("the mount that is above a path", "/run", MOUNTS, "tmpfs"),
        ("the root if no other one is above it", "/var/run", MOUNTS, "xfs"),
        ("a folder that only begins with the name of a mount is not in it", "/running", MOUNTS, "xfs"),
        ("the last of several mounts at one place", "/run", f"{MOUNTS}31 22 0:9 / /run rw - ext4 /dev/b rw\n", "ext4"),
        ("no file system without a table", "/run", "", "no file system"),
    )
    def found(self, path: str, mounts: str, kind: str) -> None:
        self.assertEqual(file_system(path, mounts), kind)

    @rows(
        ("a disk is found", "/dev/zram0 partition 1 0 100\n/dev/nvme1n1 partition 1 0 -2\n", "/dev/nvme1n1"),
        ("compressed memory is no disk", "/dev/zram0 partition 1 0 100\n", ""),
        ("without swap there is none", "", ""),
    )
    def swap(self, lines: str, name: str) -> None:
        self.assertEqual(swapped_to(f"Filename Type Size Used Priority\n{lines}"), name)


class UnitTest(Case):
    def test_no_process_that_has_a_secret_leaves_a_core_dump(self) -> None:
        folder = f"{INSTANCE}/etc/systemd/system"
        for name in sorted(os.listdir(folder)):
            if name.endswith(".service"):
                with open(f"{folder}/{name}", encoding="ascii") as file:
                    self.assertIn("\nLimitCORE=0\n", file.read(), name)

    def test_what_fetches_secrets_has_no_capability(self) -> None:
        with open(f"{INSTANCE}/etc/systemd/system/redis-replica-refresh.service", encoding="ascii") as file:
            self.assertIn("\nCapabilityBoundingSet=\n", file.read())


class CredentialsCase(Case):
    """The secrets are files of the image, in self.image."""

    def setUp(self) -> None:
        self.image = self.folder()
        self.put(password="needle\n")
        self.use(AUTH_PASSWORD="password")
        for name, value in (("file_system", "tmpfs"), ("swapped_to", "")):
            change = mock.patch.object(credentials, name, return_value=value)
            change.start()
            self.addCleanup(change.stop)

    def put(self, **files: str) -> None:
        for name, text in files.items():
            put(f"{self.image}/{name}", text)

    def use(self, more: str = "", **files: str) -> None:
        """A new world, whose settings refer to files of the image."""
        references = "".join(f"{name}='file:{self.image}/{file}'\n" for name, file in files.items())
        self.world = FakeWorld(self.folder(), f"{SETTINGS}{references}{more}")

    def bring(self) -> tuple[int, str]:
        code, log = left_with(lambda: bring(self.world))
        return code, log.replace("redis-replica: ", "").strip()

    def later(self, minutes: float = 15) -> str:
        self.world.clock.time += minutes * 60
        return refresh(self.world)

    def read(self, name: str) -> str:
        return self.world.secrets.text(name)

    @property
    def conf(self) -> dict[str, str]:
        """auth.conf, as Redis reads its values."""
        lines = (line.split(" ", 1) for line in self.read("auth.conf").splitlines())
        return {name: json.loads(value.replace("\\x", "\\u00")) if value[0] == '"' else value for name, value in lines}


class BringTest(CredentialsCase):
    def test_the_password_of_default_protects_redis_and_its_link(self) -> None:
        self.assertEqual(self.bring(), (0, ""))
        self.assertEqual(self.conf, {"masterauth": "needle", "requirepass": "needle"})
        self.assertEqual(self.read("passwords"), "needle\n")

    def test_with_an_acl_file_that_file_protects_redis(self) -> None:
        self.put(acl=ACL)
        self.use("AUTH_USER='replica'\n", AUTH_PASSWORD="password", ACL_FILE="acl")
        self.assertEqual(self.bring(), (0, ""))
        self.assertEqual(self.conf, {"masterauth": "needle"})
        self.assertEqual(self.read("users.acl").splitlines()[0], "user default off")

    def test_redis_accepts_the_password_of_the_agent_also_where_the_acl_file_has_another_one(self) -> None:
        self.put(acl=ACL, password="new")
        self.use("AUTH_USER='replica'\n", AUTH_PASSWORD="password", ACL_FILE="acl")
        self.bring()
        line = f"user replica on >needle ~* +@all #{sha256(b'new').hexdigest()}"
        self.assertEqual(self.read("users.acl").splitlines()[1], line)

    @rows(
        ("quotes", "a\"b'c"),
        ("spaces and a hash", " a #b"),
        ("a backslash", "a\\x41"),
        ("the rule of an ACL", "a nopass +@all"),
        ("letters beyond ASCII", "\xc3\xa9\xff"),
    )
    def a_password_may_have(self, password: str) -> None:
        self.put(password=password)
        self.bring()
        self.assertEqual(self.conf["requirepass"], password)
        self.assertRegex(
            self.read("auth.conf"), r"""^masterauth "(\\x[0-9a-f]{2})+"\nrequirepass "(\\x[0-9a-f]{2})+"\n$"""
        )

    def test_only_root_writes_and_no_other_user_reads_the_secrets(self) -> None:
        self.bring()
        folder = os.stat(self.world.secrets.path)
        self.assertEqual((folder.st_uid, stat.S_IMODE(folder.st_mode)), (os.getuid(), 0o755))
        for name in ("passwords", "auth.conf", "version", "checked"):
            self.assertEqual(self.world.secrets.mode_of(name), 0o640)

    def test_nothing_is_written_elsewhere(self) -> None:
        self.bring()
        for base, _, names in os.walk(self.world.root):
            for name in names if base != self.world.secrets.path else ():
                with open(f"{base}/{name}", "rb") as file:
                    self.assertNotIn(b"needle", file.read(), f"{base}/{name}")

    def test_on_a_disk_nothing_is_written(self) -> None:
        credentials.file_system.return_value = "xfs"  # type: ignore[attr-defined]
        code, _ = self.bring()
        self.assertEqual(code, 20)
        self.assertFalse(os.path.exists(self.world.secrets.path))
        self.assertEqual(
            self.world.shown_state,
            f"refused: {self.world.secrets.path} would be on xfs, and secrets are kept in memory only",
        )

    def test_without_a_copy_redis_waits_with_the_reason(self) -> None:
        os.unlink(f"{self.image}/password")
        self.assertEqual(self.bring()[0], 10)
        self.assertEqual(
            self.world.shown_state,
            f"waiting: the secrets are not there yet: file:{self.image}/password: there is no such file",
        )
        self.put(password="needle")
        self.assertEqual(self.bring()[0], 10, "the next attempt is in ten seconds")
        self.world.clock.time += 10
        self.assertEqual(self.bring()[0], 0)

    def test_with_a_copy_redis_starts_if_the_store_is_down(self) -> None:
        self.bring()
        os.unlink(f"{self.image}/password")
        self.world.clock.time += 900
        code, log = self.bring()
        self.assertEqual(code, 0)
        self.assertEqual(log, f"the secrets cannot be refreshed: file:{self.image}/password: there is no such file")
        self.assertEqual(self.read("passwords"), "needle\n")

    def test_swap_is_logged(self) -> None:
        credentials.swapped_to.return_value = "/dev/nvme1n1"  # type: ignore[attr-defined]
        log = "memory is swapped to /dev/nvme1n1: a copy of a password may be written there"
        self.assertEqual(self.bring(), (0, log))

    def test_before_the_user_of_redis_exists_nothing_is_fetched(self) -> None:
        with mock.patch.object(self.world, "root", ""):
            self.assertEqual(self.bring()[0], 10)

    @rows(
        (
            "a user of its own without an ACL file",
            "AUTH_USER='replica'\n",
            "",
            "the user replica needs auth.aclFile: no other setting can create it",
        ),
        ("an ACL file without the user", "AUTH_USER='app'\n", ACL, "the ACL file has no user app"),
        (
            "an ACL file that lets every client in",
            "AUTH_USER='replica'\n",
            "user replica on\n",
            "the ACL file lets every client in: the user default has all rights and no password",
        ),
    )
    def is_waited_for_with(self, more: str, acl: str, reason: str) -> None:
        self.put(acl=acl)
        self.use(more, AUTH_PASSWORD="password", **({"ACL_FILE": "acl"} if acl else {}))
        self.assertEqual(self.bring()[0], 10)
        self.assertEqual(self.world.shown_state, f"waiting: the secrets are not there yet: {reason}")

    def test_a_password_with_a_line_break_is_waited_for(self) -> None:
        self.put(password="needle\nneedle")
        self.assertEqual(self.bring()[0], 10)
        self.assertNotIn("needle", self.world.shown_state)
        self.assertIn("the password has a line break", self.world.shown_state)


class RefreshTest(CredentialsCase):
    def setUp(self) -> None:
        super().setUp()
        self.bring()
        self.version = self.read("version")

    def test_before_it_is_due_nothing_is_fetched(self) -> None:
        self.put(password="new")
        self.assertEqual(self.later(14.9), "")
        self.assertEqual(self.read("passwords"), "needle\n")
        self.later(0.2)
        self.assertEqual(self.read("passwords"), "new\nneedle\n")

    def test_the_minutes_are_a_setting(self) -> None:
        self.use("REFRESH='1'\n", AUTH_PASSWORD="password")
        self.bring()
        self.put(password="new")
        self.later(1)
        self.assertEqual(self.read("passwords"), "new\nneedle\n")

    def test_a_request_is_answered_once_the_last_attempt_is_half_a_minute_ago(self) -> None:
        self.put(password="new")
        self.world.clock.time += 29
        self.world.run.write("refresh", f"{self.world.clock.time}")
        refresh(self.world)
        self.assertEqual(self.read("passwords"), "needle\n")
        self.world.clock.time += 1
        refresh(self.world)
        self.assertEqual(self.read("passwords"), "new\nneedle\n")

    def test_other_sources_are_fetched_at_once(self) -> None:
        self.put(other="new")
        self.world.settings.secrets["AUTH_PASSWORD"] = f"file:{self.image}/other"
        self.world.clock.time += 10
        self.assertEqual(self.bring(), (0, ""))
        self.assertEqual(self.read("passwords"), "new\nneedle\n")

    def test_for_another_user_the_acl_file_is_rewritten_at_once(self) -> None:
        self.put(acl=f"{ACL}user other on >other ~* +@all\n")
        self.use(AUTH_PASSWORD="password", ACL_FILE="acl")
        for user, line in (("replica", 1), ("other", 2)):
            self.world.settings.all["AUTH_USER"] = user
            self.world.clock.time += 10
            self.assertEqual(self.bring(), (0, ""))
            self.assertIn(f"user {user} ", self.read("users.acl").splitlines()[line])
            self.assertIn(sha256(b"needle").hexdigest(), self.read("users.acl").splitlines()[line])

    def test_redis_waits_for_what_the_settings_name_besides_the_copies(self) -> None:
        self.world.settings.secrets["TLS_CA"] = "file:/nowhere/ca"
        self.world.clock.time += 10
        self.assertEqual(self.bring()[0], 10)
        self.assertIn("the secrets are not there yet: file:/nowhere/ca: there is no such file", self.world.shown_state)
        self.assertEqual(self.read("passwords"), "needle\n")

    def test_after_a_failed_start_they_are_fetched_again_in_half_a_minute(self) -> None:
        self.put(password="new")
        self.world.run.write("failures", ".")
        self.world.clock.time += 29
        self.bring()
        self.assertEqual(self.read("passwords"), "needle\n")
        self.world.clock.time += 1
        self.bring()
        self.assertEqual(self.read("passwords"), "new\nneedle\n")

    def test_the_version_changes_only_with_the_secrets(self) -> None:
        self.later()
        self.assertEqual(self.read("version"), self.version)
        self.put(password="new")
        self.later()
        self.assertNotEqual(self.read("version"), self.version)

    def test_a_refresh_that_ends_between_two_files_is_repeated(self) -> None:
        self.put(password="new")
        write = self.world.secrets.write

        def ends(name: str, *more: Any) -> None:
            if name == "version":
                raise KeyboardInterrupt
            write(name, *more)

        with mock.patch.object(self.world.secrets, "write", ends), self.assertRaises(KeyboardInterrupt):
            self.later()
        self.world.clock.time += 10
        self.assertEqual(self.bring(), (0, ""))
        self.assertGreater(float(self.read("version")), float(self.version))

    def test_the_new_password_comes_first_and_those_before_stay(self) -> None:
        for password in ("b", "c", "b", "d"):
            self.put(password=password)
            self.later()
        self.assertEqual(self.read("passwords"), "d\nb\nc\n")
        self.assertEqual(self.conf["requirepass"], "d")

    def test_once_the_masters_accept_the_present_one_the_others_are_dropped(self) -> None:
        self.put(password="new")
        self.later()
        self.world.run.write("settled", self.version)
        refresh(self.world)
        self.assertEqual(self.read("passwords"), "new\nneedle\n", "the version is another one")
        self.world.run.write("settled", self.read("version"))
        refresh(self.world)
        self.assertEqual(self.read("passwords"), "new\n")
        self.later()
        self.assertEqual(self.read("passwords"), "new\n")

    def test_a_failure_leaves_the_copies_and_is_kept_until_one_succeeds(self) -> None:
        self.put(password=" \n")
        reason = self.later()
        self.assertEqual(reason, f"file:{self.image}/password: the secret is empty")
        self.assertEqual(self.read("failed"), reason)
        self.assertEqual((self.read("passwords"), self.read("version")), ("needle\n", self.version))
        self.put(password="needle")
        self.assertEqual(self.later(), "")
        self.assertFalse(self.world.secrets.has("failed"))


class CertificateTest(PkiCase, CredentialsCase):
    def setUp(self) -> None:
        super().setUp()
        self.put(ca=self.pki.text("ca.pem"), cert=self.pki.text("good.pem"), key=self.pki.text("good.key"))
        self.use(TLS_CA="ca", TLS_CERT="cert", TLS_KEY="key")

    def test_the_files_are_there_and_the_expiry_may_be_read_by_every_user(self) -> None:
        self.assertEqual(self.bring(), (0, ""))
        self.assertEqual(
            sorted(os.listdir(self.world.secrets.path)),
            ["ca.pem", "certificate.pem", "checked", "expiry", "key.pem", "sources", "version"],
        )
        self.assertEqual(self.world.secrets.mode_of("key.pem"), 0o640)
        self.assertEqual(self.world.secrets.mode_of("expiry"), 0o644)
        self.assertTrue(self.read("expiry").strip().isdecimal())

    def test_a_key_that_does_not_fit_is_waited_for(self) -> None:
        self.put(key=self.pki.text("foreign.key"))
        self.assertEqual(self.bring()[0], 10)
        self.assertEqual(
            self.world.shown_state, "waiting: the secrets are not there yet: the key does not fit the certificate"
        )
        self.assertEqual(os.listdir(self.world.secrets.path).count("key.pem"), 0)

    def test_a_foreign_certificate_does_not_replace_the_present_one(self) -> None:
        self.bring()
        before = self.read("expiry")
        self.put(cert=self.pki.text("foreign.pem"), key=self.pki.text("foreign.key"))
        self.assertIn("the certificate, its key or its CA cannot be used", self.later())
        self.assertEqual(self.read("certificate.pem"), self.pki.text("good.pem").rstrip("\n"))
        self.assertEqual(self.read("expiry"), before)
        self.assertEqual([name for name in os.listdir(self.world.secrets.path) if name[:3] == "new"], [])
