from __future__ import annotations

import random
import subprocess

from fakes import put
from suite import Case, rows

from settings import Settings, parse
from typed import split


def word(text: str) -> str:
    """Quotes a value as shellWord() in constructs/terraform/escape.ts does."""
    return "'" + text.replace("'", "'\\''") + "'"


class SettingsTest(Case):
    @rows(
        ("a word is unchanged", "10.0.0.1"),
        ("an empty value is empty", ""),
        ("a space is kept", "10.0.0.1 10.0.0.2"),
        ("a quote is kept", "it's"),
        ("a value of one quote is kept", "'"),
        ("quotes at both ends are kept", "'a'"),
        ("adjacent quotes are kept", "''''"),
        ("a backslash is kept", "\\"),
        ("a backslash before a quote is kept", "\\'"),
        ("a backslash after a quote is kept", "'\\"),
        ("the text of a quoted quote is kept", "'\\''"),
        ("lines are kept", "hz 20\ntimeout 0\n"),
        ("a line that looks like a setting is part of its value", "a\nPORT='1'\nB=2"),
        ("an equals sign is kept", "a=b"),
        ("text that a shell would expand is kept", '$(id) `id` $HOME "x" ;&|<>*'),
        ("letters beyond ASCII are kept as bytes", "\xc3\xa9"),
    )
    def values(self, value: str) -> None:
        text = f"BEFORE='x'\nVALUE={word(value)}\nAFTER='y'\n"
        self.assertEqual(parse(text), {"BEFORE": "x", "VALUE": value, "AFTER": "y", "": ""})

    def test_any_value_is_read_as_a_shell_reads_it(self) -> None:
        draw = random.Random(1)
        values = ["".join(draw.choice("''\\ \na=$") for _ in range(draw.randrange(12))) for _ in range(2000)]
        text = "".join(f"V{index}={word(value)}\n" for index, value in enumerate(values))
        parsed = parse(text)
        self.assertEqual([parsed[f"V{index}"] for index in range(len(values))], values)
        path = f"{self.folder()}/settings"
        put(path, text)
        one = 'eval "printf \'%s\\\\0\' \\"\\$V$i\\""'
        script = f". {path}; i=0; while [ $i -lt {len(values)} ]; do {one}; i=$((i + 1)); done"
        output = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
        self.assertEqual(output.split("\0")[:-1], values)

    def test_ports_and_masters_are_parsed(self) -> None:
        settings = Settings("MASTERS='10.0.0.1 redis-b'\nPORT='6380'\nSHARD='redis-c'\n")
        self.assertEqual(
            (settings.port, settings.masters, settings.shard), (6380, ["10.0.0.1:6380", "redis-b:6380"], "redis-c:6380")
        )
        self.assertEqual((settings["NOTHING"], settings["MASTERS"]), ("", "10.0.0.1 redis-b"))

    @rows(
        ("a master has the port of the settings", "redis-b", "redis-b:6380"),
        ("a master may have a port of its own", "10.0.0.1:7000", "10.0.0.1:7000"),
        ("a master may have an IPv6 address in brackets", "[fd00::1]", "fd00::1:6380"),
        ("a master may have an IPv6 address and a port of its own", "[fd00::1]:7000", "fd00::1:7000"),
    )
    def masters(self, name: str, address: str) -> None:
        settings = Settings(f"MASTERS='10.0.0.9 {name}'\nPORT='6380'\nSHARD='{name}'\n")
        self.assertEqual((settings.masters, settings.shard), (["10.0.0.9:6380", address], address))
        self.assertEqual(split(address)[1], int(address.rpartition(":")[2]))

    def test_a_master_that_has_no_address_is_refused_only_where_it_is_asked(self) -> None:
        (address,) = Settings("MASTERS='fd00::1]:x'\nPORT='6380'\n").masters
        with self.assertRaises(ValueError):
            split(address)

    def test_the_zones_of_masters_are_found_by_address(self) -> None:
        zones = "redis-b=us-west-2a 10.0.0.1:7000=us-west-2b [fd00::1]=us-west-2-lax-1a"
        self.assertEqual(
            Settings(f"PORT='6380'\nMASTER_ZONES='{zones}'\n").zones,
            {"redis-b:6380": "us-west-2a", "10.0.0.1:7000": "us-west-2b", "fd00::1:6380": "us-west-2-lax-1a"},
        )
        self.assertEqual(Settings("").zones, {})

    def test_the_settings_that_refer_to_a_secret_are_known(self) -> None:
        settings = Settings("AUTH_PASSWORD='file:/a'\nTLS_CA='parameter:/b'\nTLS_CLIENTS='yes'\nACL_FILE=''\n")
        self.assertEqual(settings.secrets, {"AUTH_PASSWORD": "file:/a", "TLS_CA": "parameter:/b"})
        self.assertEqual(Settings("").secrets, {})

    def test_without_settings_there_are_no_masters_and_the_port_is_6379(self) -> None:
        settings = Settings("")
        self.assertEqual((settings.port, settings.masters, settings.shard), (6379, [], ""))

    @rows(
        ("a port of zero is refused", "0"),
        ("a port beyond 16 bits is refused", "65536"),
        ("a port that is a command is refused", "PORT[$(id)]"),
        ("a port with a sign is refused", "+1"),
    )
    def ports(self, port: str) -> None:
        with self.assertRaises(ValueError):
            Settings(f"PORT='{port}'\n")
