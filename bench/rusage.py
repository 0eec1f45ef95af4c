"""Runs a command and prints its cost as one line of JSON on stdout: python3 bench/rusage.py COMMAND...

`wall` and `cpu` are milliseconds, `rss` is the peak memory in KiB of its largest process. The output of the command goes
to stderr.
"""

import json
import resource
import subprocess
import sys
import time


def used() -> float:
    """Seconds of CPU of all children so far. A launcher that became this process can have had some, too."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


before = used()
begun = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
wall = time.monotonic() - begun
cpu = used() - before
rss = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"code": code, "wall": wall * 1000, "cpu": cpu * 1000, "rss": rss}))
