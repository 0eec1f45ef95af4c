"""Runs a command and prints its cost as one line of JSON on stdout: python3 bench/rusage.py COMMAND...

`wall` and `cpu` are milliseconds, `rss` is the peak memory in KiB of its largest process. The output of the command goes
to stderr.
"""

import json
import resource
import subprocess
import sys
import time

begun = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
wall = time.monotonic() - begun
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps({"code": code, "wall": wall * 1000, "cpu": cpu * 1000, "rss": usage.ru_maxrss}))
