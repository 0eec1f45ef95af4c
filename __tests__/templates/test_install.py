"""Runs install.sh below a folder, with stand-ins for what it downloads, compiles and installs with."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile

import suite
from fakes import put
from suite import Case, rows

TOOLS = [
    "bash",
    "cat",
    "chmod",
    "flock",
    "grep",
    "gzip",
    "head",
    "ln",
    "mkdir",
    "mv",
    "nproc",
    "rm",
    "sha256sum",
    "sync",
    "tail",
    "tar",
    "wc",
]
# The agent's answers to `later` and `refuse`, by their exit codes.
AGENT = 'echo "$*" >>"$LOG"; [ "$1" = later ] && exit 10; exit 20'
# Compiles every target that it is given.
MAKE = 'directory=$2; for word; do case $word in *-server|*-cli) printf "\\177ELF" >"$directory/$word";'
MAKE += ' chmod +x "$directory/$word" ;; esac; done; echo "make $*" >>"$LOG"'
CURL = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && to=$2; shift; done; echo "curl $1 $https_proxy" >>"$LOG";'
CURL += ' cat "$ARCHIVE" >"$to"'
# Installs the server of the package that it is asked for, if there is one.
APT = """case $* in *update) exit 0 ;; esac
for name; do :; done
echo "apt-get $name" >>"$LOG"
[ "$name" = "$PACKAGED" ] || { echo "E: Unable to locate package $name"; exit 100; }
for each in server cli; do ln -s "$0" "${0%/*}/${name%-server}-$each"; done"""


class InstallTest(Case):
    def setUp(self) -> None:
        self.root = self.folder()
        self.path = f"{self.root}/path"
        os.makedirs(f"{self.root}/run")
        os.makedirs(self.path)
        for name in TOOLS:
            os.symlink(str(shutil.which(name)), f"{self.path}/{name}")
        self.program("curl", CURL)
        self.program("make", MAKE)
        self.program("apt-get", APT)
        for name in ("gcc", "pkg-config", "id", "useradd", "systemctl", "sleep"):
            self.program(name, "")
        self.program("redis-replica", AGENT, f"{self.root}/usr/local/bin")
        self.archive = f"{self.root}/archive.tar.gz"
        put(f"{self.root}/source/src/Makefile", "")
        with tarfile.open(self.archive, "w:gz") as archive:
            archive.add(f"{self.root}/source", "source")
        with open(self.archive, "rb") as file:
            self.sha256 = hashlib.sha256(file.read()).hexdigest()

    def program(self, name: str, text: str, folder: str = "") -> None:
        path = f"{folder or self.path}/{name}"
        put(path, f"#!{shutil.which('bash')}\n{text}\n")
        os.chmod(path, 0o755)

    def install(self, packaged: str = "", **settings: str) -> tuple[int, list[str]]:
        """The exit code, and what the stand-ins were asked for."""
        every = {"PACKAGE": "", "URL": "https://example.com/a.tar.gz", "SHA256": self.sha256, **settings}
        put(f"{self.root}/etc/redis-replica/settings", "".join(f"{name}='{value}'\n" for name, value in every.items()))
        with open(f"{suite.LIB}/install.sh") as file:
            script = file.read()
        script = re.sub("(?<=[ =<>])(?=/(?:etc|opt|run|usr/local/bin)/)", self.root, script)
        log = f"{self.root}/log"
        put(log, "")
        env = {"PATH": self.path, "LOG": log, "ARCHIVE": self.archive, "PACKAGED": packaged}
        code = subprocess.run([f"{self.path}/bash", "-c", script], env=env, capture_output=True).returncode
        with open(log) as file:
            return code, file.read().splitlines()

    def linked(self, name: str) -> str:
        return os.readlink(f"{self.root}/opt/redis-replica/bin/{name}").replace(self.root, "")

    @rows(
        ("Redis is built from source by default", {}, "redis", "Redis"),
        ("Valkey is built by its own targets, in a folder of its own", {"ENGINE": "valkey"}, "valkey", "Valkey"),
    )
    def builds(self, settings: dict[str, str], engine: str, label: str) -> None:
        code, log = self.install(INSTALL="source", VERSION="8.0.6", **settings)
        self.assertEqual((code, log[-2]), (0, f"later building {label} 8.0.6"))
        self.assertTrue(log[-1].endswith(f" OPTIMIZATION=-O2 {engine}-server {engine}-cli"), log[-1])
        self.assertEqual(self.linked("redis-server"), f"/opt/redis-replica/{engine}-8.0.6/{engine}-server")
        self.assertEqual(self.linked("valkey-check-rdb"), f"/opt/redis-replica/{engine}-8.0.6/{engine}-server")
        self.assertEqual(self.linked("redis-cli"), f"/opt/redis-replica/{engine}-8.0.6/{engine}-cli")

    def test_a_release_that_is_built_already_is_not_built_again(self) -> None:
        settings = {"INSTALL": "source", "ENGINE": "valkey", "VERSION": "8.1.9"}
        self.assertEqual(self.install(**settings)[0], 0)
        self.assertEqual(self.install(**settings), (0, []))

    def test_downloads_go_through_the_proxy_of_the_settings(self) -> None:
        settings = {"INSTALL": "source", "VERSION": "8.1.9"}
        url = "curl https://example.com/a.tar.gz"
        self.assertIn(f"{url} http://proxy:3128", self.install(PROXY="http://proxy:3128", **settings)[1])
        self.assertIn(f"{url} ", self.install(**{**settings, "VERSION": "8.1.8"})[1])

    def test_another_file_than_the_pinned_one_is_refused(self) -> None:
        code, log = self.install(INSTALL="source", VERSION="8.1.9", SHA256="0" * 64)
        self.assertEqual((code, log[-1][:54]), (20, "refuse https://example.com/a.tar.gz is not the pinned "))

    @rows(
        ("Redis comes from its package by default", "redis-server", {}, ["apt-get redis-server"], "redis-server"),
        (
            "Valkey comes from its package",
            "valkey-server",
            {"ENGINE": "valkey"},
            ["apt-get valkey-server"],
            "valkey-server",
        ),
    )
    def packages(self, packaged: str, settings: dict[str, str], asked: list[str], server: str) -> None:
        code, log = self.install(packaged, INSTALL="package", **settings)
        self.assertEqual((code, log[1:]), (0, asked))
        self.assertEqual(self.linked("redis-server"), f"/path/{server}")

    def test_a_redis_in_the_image_is_not_taken_for_valkey(self) -> None:
        for name in ("redis-server", "redis-cli"):
            self.program(name, "")
        self.assertEqual(self.install("valkey-server", INSTALL="package", ENGINE="valkey")[0], 0)
        self.assertEqual(self.linked("redis-server"), "/path/valkey-server")

    def test_a_valkey_in_the_image_is_used_where_the_settings_name_no_engine(self) -> None:
        for name in ("valkey-server", "valkey-cli"):
            self.program(name, "")
        self.assertEqual(self.install(INSTALL="image"), (0, []))
        self.assertEqual(self.linked("redis-server"), "/path/valkey-server")

    @rows(
        (
            "an image without the engine is refused by the names of its programs",
            {"INSTALL": "image", "ENGINE": "valkey"},
            "refuse this machine has no valkey-server and valkey-cli (install: image)",
        ),
        (
            "a repository without the engine is refused by the names of its packages",
            {"INSTALL": "package", "ENGINE": "valkey"},
            "refuse no repository has the package valkey-server or valkey",
        ),
        (
            "a repository without the package of the settings is refused by its name",
            {"INSTALL": "package", "PACKAGE": "valkey9"},
            "refuse no repository has the package valkey9",
        ),
    )
    def refusals(self, settings: dict[str, str], reason: str) -> None:
        code, log = self.install(**settings)
        self.assertEqual((code, log[-1]), (20, reason))
