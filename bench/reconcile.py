"""CPU and wall time of one reconcile run, with recorded replies: python3 bench/reconcile.py [MASTERS...]

Every master answers, and each has one replica. The network, the local Redis and the files are simulated. So only the
agent is measured: its start, its imports and the parsing of the replies.
"""

import os
import resource
import subprocess
import sys
import time

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../templates/instance/usr/local/lib/redis-replica")


def nodes(masters, myself):
    """The reply of one node to CLUSTER NODES, in a cluster with this number of masters."""
    share = 16384 // masters
    lines = []
    for number in range(masters):
        first, last = number * share, 16383 if number == masters - 1 else (number + 1) * share - 1
        for role, ip, master in (
            ("master", f"10.0.{number >> 8}.{number & 255}", "-"),
            ("slave", f"10.1.{number >> 8}.{number & 255}", f"{number:040x}"),
        ):
            identity = f"{number:040x}" if role == "master" else f"{number + (1 << 20):040x}"
            flags = f"myself,{role}" if identity == myself else role
            slots = f" {first}-{last}" if role == "master" else ""
            lines.append(f"{identity} {ip}:6379@16379 {flags} {master} 0 1764300000123 7 connected{slots}")
    return "\n".join(lines) + "\n"


def reconcile(masters):
    """One reconcile run of a healthy replica, in this process."""
    sys.path.insert(0, LIB)
    import tempfile

    root = tempfile.mkdtemp()
    for name in ("etc/redis-replica", "run/redis-replica", "var/lib/redis-replica", "var/lib/redis"):
        os.makedirs(f"{root}/{name}")
    with open(f"{root}/etc/redis-replica/settings", "w") as file:
        file.write("MASTERS='10.0.0.0'\nPORT='6379'\nFAILOVER='allowed'\n")
    me = f"{1 << 20:040x}"
    fields = "master_link_status:up slave_repl_offset:9 master_repl_offset:9 master_replid:a aof_enabled:0"
    replication = "\r\n".join([*fields.split(), "uptime_in_seconds:9", ""])
    texts = {f"10.0.{number >> 8}.{number & 255}:6379": nodes(masters, f"{number:040x}") for number in range(masters)}
    own = nodes(masters, me)

    class Recorded:
        def ask_all(self, questions, seconds=2.0):
            def reply(address, command):
                return (texts.get(address) or own) if command == ("CLUSTER", "NODES") else replication

            return {
                address: [reply(address, command) for command in commands] for address, commands in questions.items()
            }

        def ask(self, address, *command):
            return replication

    usage, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    from join import join_within
    from world import World

    world = World(root, Recorded())
    code = join_within(world, 0)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    print(f"{code} {cpu * 1000:.0f} {(time.monotonic() - begun) * 1000:.0f} {world.run.text('state').strip()[:60]}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        reconcile(int(sys.argv[2]))
    else:
        for count in map(int, sys.argv[1:] or ("3", "60", "500")):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            output = subprocess.run(
                [sys.executable, "-IS", os.path.abspath(__file__), "--one", str(count)], capture_output=True, text=True
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{count} masters: {whole * 1000:.0f} ms CPU in total; exit code, CPU ms and wall ms of the run:")
            print(f"  {(output.stdout or output.stderr[-300:]).strip()}")
