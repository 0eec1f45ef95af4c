"""Prints the branch coverage of each module of the agent. Exits with 1 if it is too low for a module that decides.

python3 branches.py        (coverage of requirements.txt is needed)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import suite

LEAST = 95.0
DECIDING = ("decide", "view", "volume", "staleness", "receipt", "nodes_conf", "login", "acl")


def measure() -> dict[str, dict[str, int]]:
    """The coverage counts by module."""
    run = os.path.join(os.path.dirname(os.path.realpath(__file__)), "run.py")
    with tempfile.TemporaryDirectory() as place:
        coverage = [sys.executable, "-m", "coverage"]
        data = f"--data-file={place}/data"
        options = ["--branch", f"--source={suite.LIB}", data]
        # These tests repeat the branches of the others, a million times or with real servers, which only costs time.
        command = [*coverage, "run", *options, run, "--without", "test_laws", "test_fuzz", "test_rights"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        subprocess.run([*coverage, "json", data, "-q", "-o", f"{place}/json"], check=True)
        with open(f"{place}/json") as file:
            files = json.load(file)["files"]
    return {os.path.basename(path)[: -len(".py")]: each["summary"] for path, each in files.items()}


def share(covered: int, total: int) -> float:
    return 100 * covered / total if total else 100.0


def main() -> int:
    code = 0
    for name, summary in sorted(measure().items()):
        branches = share(summary["covered_branches"], summary["num_branches"])
        lines = share(summary["covered_lines"], summary["num_statements"])
        short = name in DECIDING and branches < LEAST
        note = f"  (at least {LEAST:g} %)" if name in DECIDING else ""
        print(f"{name:14} branches {branches:5.1f} %, lines {lines:5.1f} %{note}{': too few' if short else ''}")
        code = code or int(short)
    return code


if __name__ == "__main__":
    sys.exit(main())
