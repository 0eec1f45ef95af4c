"""Lists or runs the Python tests here. Prints a line of JSON for each, from which agent.test.ts makes a Jest test.

python3 run.py [--list | --without MODULE... | --only MODULE...]
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import unittest
from typing import Any, Iterator

HERE = os.path.dirname(os.path.realpath(__file__))
# Seconds after which a test that still runs is assumed to hang.
LIMIT = 120

out = os.fdopen(os.dup(1), "w")


def write_line(test: unittest.TestCase, **more: Any) -> None:
    names = test.id().split(".", 2)
    title = names[-1][len("test_") :].replace("_", " ")
    print(
        json.dumps({"id": test.id(), "module": names[0][len("test_") :], "title": title, **more}), file=out, flush=True
    )


class Result(unittest.TestResult):
    """Prints one line for each test, with all of its failures."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        # Replaces that of the test before.
        faulthandler.dump_traceback_later(LIMIT, exit=True)
        self.counts = len(self.failures), len(self.errors), len(self.unexpectedSuccesses)

    def stopTest(self, test: unittest.TestCase) -> None:
        failures, errors, successes = self.counts
        found = [text for _, text in [*self.failures[failures:], *self.errors[errors:]]]
        found += ["a failure was expected" for _ in self.unexpectedSuccesses[successes:]]
        write_line(test, failure="\n".join(found))
        super().stopTest(test)


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def why_skipped(test: unittest.TestCase) -> str:
    """Why a test is skipped. Jest needs this before the run, so a test cannot skip itself while it runs."""
    method = getattr(test, test.id().split(".", 2)[-1], None)
    for of in (type(test), method):
        if getattr(of, "__unittest_skip__", False):
            return str(getattr(of, "__unittest_skip_why__", "skipped"))
    return ""


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.discover(HERE)
    option, *modules = sys.argv[1:] or [""]
    if option == "--list":
        for test in each(tests):
            write_line(test, skipped=why_skipped(test))
    else:
        # Output of the agent must not mix with the results.
        os.dup2(2, 1)
        is_named = {test: test.id().split(".")[0] in modules for test in each(tests)}
        wanted = {"--without": False, "--only": True}.get(option)
        unittest.TestSuite(test for test, named in is_named.items() if wanted in (None, named)).run(Result())
