"""A node before it starts: its volume, the cluster's view of it, and the facts for the decision."""

from __future__ import annotations

from functools import partial

import promoted_aof
import receipt
from facts import Unknown, fact, known
from installed import release
from login import options
from membership import twin
from nodes import is_whole
from report import elapsed
from resp import Info
from server_conf import misfit, version, window
from staleness import is_stale
from typed import integer, plain
from view import View, look
from volume import Own, has_data, has_keys, rdb_mark, read_own, read_rdb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from facts import Fact, Known
    from nodes import Node
    from resp import Reply
    from world import World

# The largest difference between two clocks that is tolerated, in seconds.
SKEW = 2


class Candidate:
    """`address` is this machine's IP:PORT; `instance` its instance ID."""

    def __init__(self, world: World, address: str, instance: Fact) -> None:
        self.world, self.address, self.instance = world, address, instance
        self.own = Own()
        self.data: Fact = "unknown"
        # Why the installed server cannot read the owner's data, once that is known.
        self.misfit = ""
        self.own_role = fact(self._read)
        self.me = self.own.id
        self.view = look(world, self.own, self.me)
        here = self.view.at(address)
        if self.data == "orphan" and self.view.quorum and len(here) == 1:
            # The data names no node. It belongs to the node that the cluster lists at this address.
            self.me, self.data = here[0].id, "known"
            self.view = View(self.view.answers, self.own, self.me)

    def _read(self) -> str:
        self.data = fact(lambda: "orphan" if has_data(self.world.data) else "empty")
        try:
            self.own = read_own(self.world)
        except (OSError, ValueError) as error:
            self.data = Unknown(f"nodes.conf cannot be read: {plain(error)}")
            raise
        self.data = "known" if self.own.id else self.data
        return self.own.role

    @property
    def whole(self) -> bool:
        """Whether nodes.conf itself, not its last-known-good copy, identifies this node."""
        return is_whole(self.world.data.text("nodes.conf"))

    @property
    def key(self) -> str:
        """What a refusal applies to: this node, this volume, and the owner that it would follow."""
        owner = self.view.owner()[1]
        return f"{self.me} {rdb_mark(self.world.data)} {owner and owner.id}"

    def gather(self) -> Known:
        """The facts that decide_start() needs."""
        world, view = self.world, self.view
        state, owner = view.owner()
        live = state == "live"
        place = owner.address if owner else ""
        info, keys = world.network.ask_all({place: [("INFO",), ("DBSIZE",)]})[place] if live else ("", 0)
        return {
            "data": self.data,
            "own": self.own_role,
            "keys": fact(lambda: has_keys(world.data)),
            "retired": fact(lambda: world.state.has("retired")),
            "duplicate_id": twin(world, view, self.address),
            "quorum": fact(lambda: view.quorum),
            "same": fact(lambda: known(self.instance) == world.state.text("instance-id").strip()),
            "seen": view.role,
            "owner": state,
            "fits": fact(lambda: not live or self._fits(Info(info), place)),
            "stale": fact(lambda: live and is_stale(read_rdb(world.data), Info(info), keys)),
            "copy": fact(self._copy),
            "proof": fact(lambda: self.whole and receipt.proof(world, view)),
            "aof": fact(lambda: promoted_aof.is_complete(world)),
            "accepted": "no",
            "waited": fact(self._waited),
        }

    def _waited(self) -> bool:
        """Whether the quorum has lasted for W. Without a quorum no election can happen, so the wait starts again."""
        if not self.view.quorum:
            self.world.run.remove("since")
            return False
        return elapsed(self.world, "since") >= window(self.world)

    def _fits(self, owner: Info, place: str) -> bool:
        self.misfit = misfit(version(Info(release(self.world))), version(owner), f"at {place}")
        return not self.misfit

    def _copy(self) -> str:
        """following: a live, electable replica kept its link until the masters lost this node. Else other or none."""
        copies = self.view.copies()
        heard = max(self.view.pongs().values(), default=0) // 1000
        electable = [node.address for node in copies if "nofailover" not in node.flags]
        answers = self.world.network.ask_all(dict.fromkeys(electable, [("INFO", "replication"), ("TIME",)])).values()
        facts = [fact(partial(followed, Info(info), now, heard)) for info, now in answers]
        if "yes" in facts:
            return "following"
        return "other" if [known(each) for each in facts] or copies else "none"

    def damaged(self) -> bool:
        """Whether the last start failed and redis-check-rdb rejects the RDB."""
        world = self.world
        if not world.run.has("failed") or not world.data.has("dump.rdb"):
            return False
        checker = f"{world.bin}/{release(world).partition('_')[0]}-check-rdb"
        return world.processes.run(checker, world.data / "dump.rdb", seconds=600, user=world.redis_user)[0] == 1

    def evidence(self) -> list[str]:
        """What an operator needs to decide: this volume, the owner, and each replica with the command to promote it."""
        from trouble import utc

        data = self.world.data
        time = utc(data.time("dump.rdb")) if data.has("dump.rdb") else "an unknown time"
        lines = [f"this volume: {fact(lambda: str(read_rdb(data)))}, written at {time}"]
        owner = self.view.owner()[1]
        lines += [f"the owner at {owner.address}: {self._contents(owner)}"] if owner else []
        for node in self.view.copies():
            promote = "to promote it and lose the writes it does not have, run:"
            lines.append(f"replica {node.address}: {self._contents(node)}; {promote}")
            login = options(self.world.settings, self.world.secrets)
            lines.append(f"redis-cli{login} -h {node.host} -p {node.port} cluster failover takeover")
        return lines

    def _contents(self, node: Node) -> str:
        answer, keys = self.world.network.ask_all({node.address: [("INFO", "replication"), ("DBSIZE",)]})[node.address]
        info = Info(answer)
        offset = info.get("slave_repl_offset") or info.get("master_repl_offset")
        down = info.get("master_link_down_since_seconds") or 0
        return f"offset {plain(offset, 20)}, link down for {plain(down, 20)} s, {keys} keys"


def followed(info: Info, now: Reply, heard: int) -> bool:
    """Whether a replica's link was up at the time `heard`, in seconds, by the replica's clock."""
    if info["master_link_status"] == "up":
        return True
    if info["master_link_down_since_seconds"] == "-1":
        raise Unknown("a replica has had no link since it started")
    return integer(known(now)[0]) - info.number("master_link_down_since_seconds") + SKEW >= heard
