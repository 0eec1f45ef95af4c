"""The cluster as its masters see it: what more than half of them agree on, and nothing else."""

from __future__ import annotations

from facts import Unknown, known
from nodes import Node, Table, covered, owned
from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from volume import Own
    from world import World

NODES = ("CLUSTER", "NODES")
# Milliseconds after which a node that peers call failed, and that does not answer, is gone from an address.
GONE = 10_000
# Masters that are asked beside the first: Redis Cluster is made for 1,000.
MOST = 1000


class Answer:
    """What one peer said, on a connection of its own; `configured` if the settings have its address."""

    def __init__(self, address: str, text: str, configured: bool = False) -> None:
        self.address, self.configured = address, configured
        self.table = Table(text)
        self.me = self.table.me
        # Who owns what; answers agree if these are equal.
        masters = (row for row in self.table.rows.values() if "slave" not in row[2] and row[8])
        self.shape = tuple(
            sorted((row[0], slots) for row, slots in ((row, tuple(owned(row[8]))) for row in masters) if slots)
        )

    @property
    def nodes(self) -> dict[str, Node]:
        """All, by ID; ValueError if one has a value out of bounds."""
        return {node.id: node for node in self.table.nodes()}

    @property
    def now(self) -> int:
        """The peer's clock, in ms, at its last pong."""
        return max(int(row[5]) for row in self.table.rows.values())


class View:
    """What the answers amount to for the node `me`, whose own file is `own`."""

    def __init__(self, answers: list[Answer], own: Own, me: str, silent: Iterable[str] = ()) -> None:
        self.answers, self.own, self.me = answers, own, me
        self.voters = sorted(voters(trusted(answers, own, me), me), key=lambda voter: voter.address)
        self.nodes: dict[str, Node] = {}
        self.chosen: Answer | None = None
        while self.voters and not self.nodes:
            count: dict[object, int] = {}
            for voter in self.voters:
                count[voter.shape] = count.get(voter.shape, 0) + 1
            self.chosen = max(self.voters, key=lambda voter: count[voter.shape])
            try:
                self.nodes = self.chosen.nodes
            except ValueError:
                # A value out of bounds: not an answer.
                self.voters.remove(self.chosen)
                self.chosen = None
        self.owners = [node for node in self.nodes.values() if node.role == "owner"]
        votes, is_owner = count[self.chosen.shape] if self.chosen else 0, self.role == "owner"
        # Who answers as an owner is one, also where the chosen answer leaves it out.
        all_ = max(len(self.owners), len(self.voters) + is_owner)
        # This node has no vote; if it is an owner, half of all is more than half of the others.
        self.quorum = 2 * votes > all_ or 2 * votes == all_ > 0 and is_owner
        self.reason = "; ".join([f"{votes} of {all_ or 'all'} masters with slots answer and agree", *silent][:5])

    @property
    def seen(self) -> Node | None:
        """This node as the quorum has it."""
        return self.nodes.get(self.me)

    @property
    def role(self) -> str:
        return self.seen.role if self.seen else "none"

    def owner(self) -> tuple[str, Node | None]:
        """Who serves this node's shard, if it does not itself: live or down, and the node; several; none.

        Its master, if that owns slots; else who has the slots that the shard had by this node's own file: the cluster
        lists a replica that was away with the master that was failed over meanwhile.
        """
        master = self.nodes.get(self.seen.master) if self.seen else None
        if not master or master.role != "owner":
            # A cluster that knows none of the nodes that this one knew has no shard of its.
            mine = set() if self.own.nodes.keys().isdisjoint(self.nodes) else self.own.shard_slots
            found = [node for node in self.owners if node.id != self.me and not mine.isdisjoint(covered(node))]
            if len(found) != 1:
                return "several" if found else "none", None
            master = found[0]
        return "live" if master.alive else "down", master

    def listed(self, master: str = "") -> str:
        """Which of the voters list this node as a live member: all, some or none; as a replica of `master`, if given.

        One that lists it as anything else denies it its vote.

        A ping to it that waits while others are answered is one that it does not hear.
        """
        lines = [(voter.now, voter.table.get(self.me)) for voter in self.voters]
        alive = [node for now, node in lines if node and node.alive and (not node.ping or now - node.ping < 500)]
        count = sum(not master or node.master == master for node in alive)
        return "none" if not count else "all" if count == len(lines) else "some"

    def elsewhere(self, address: str) -> dict[str, bool]:
        """Other addresses that voters have for this node's ID, and whether each of these calls it failed there."""
        claims: dict[str, bool] = {}
        for voter in self.voters:
            node = voter.table.get(self.me)
            if node and node.address not in ("", address):
                gone = "fail" in node.flags and voter.now - node.pong > GONE
                claims[node.address] = claims.get(node.address, True) and gone
        return claims

    def pongs(self) -> dict[str, int]:
        """When each master that agrees last heard from this node, in ms by its own clock."""
        agree = [voter for voter in self.voters if self.chosen and voter.shape == self.chosen.shape]
        lines = [(voter.me.id, voter.table.get(self.me)) for voter in agree]
        return {peer: node.pong for peer, node in lines if node}

    def copies(self) -> list[Node]:
        """Live replicas of this node."""
        mine = (node for node in self.nodes.values() if node.master and node.master == self.me)
        return [node for node in mine if node.alive and node.address]

    def replicas(self, master: Node, address: str) -> int:
        """How many replicas a master has beside this node, dead ones counted: those come back.

        Not one without an address, or whose address a live node has now, or this one: it never does.
        """
        taken = {node.address for node in self.nodes.values() if node.alive} | {address}
        others = (node for node in self.nodes.values() if node.master == master.id and node.id != self.me)
        return sum(bool(node.address) and (node.alive or node.address not in taken) for node in others)

    def at(self, address: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.address == address and "handshake" not in node.flags]


def trusted(answers: list[Answer], own: Own, me: str) -> list[Answer]:
    """The answers that may count: of nodes that are known, or that enough of these name.

    Known is whom this node's own file has; beside these an address of the settings counts only if it knows one of
    them, since it may have passed on to another cluster. Others must be named by more than half of the known ones that
    answer, and by two: what a single peer says of others is no majority.
    """
    met = own.nodes.keys() - {me}
    base = [
        answer
        for answer in answers
        if answer.me.id in met or answer.configured and (not met or not met.isdisjoint(answer.table.rows))
    ]
    # All that it knew are gone: what the settings name is all there is. Not for an owner, whose data may be the only
    # ones: that its cluster is silent does not end it.
    if not base and own.role != "owner":
        base = [answer for answer in answers if answer.configured]
    least = max(len({answer.me.id for answer in base}) // 2 + 1, 2 if len(met) > 1 else 1)

    def namers(id: str) -> int:
        """How many of these name a node: one that answers at several addresses is one."""
        return len({answer.me.id for answer in base if id in answer.table.rows})

    return [each for each in answers if each in base or namers(each.me.id) >= least]


def voters(answers: list[Answer], me: str) -> list[Answer]:
    """Masters with slots, by their own word, but for this node; one vote an ID.

    Where several connections claim one ID, the one counts that stands where the others have it.
    """
    claims: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.me.role == "owner" and answer.me.id != me:
            claims.setdefault(answer.me.id, []).append(answer)

    def named(claim: Answer) -> int:
        lines = (other.table.get(claim.me.id) for other in answers if other.me.id != claim.me.id)
        return sum(bool(line) and line.address == claim.address for line in lines if line)

    return [several[0] if len(several) == 1 else max(several, key=named) for several in claims.values()]


def look(world: World, own: Own, me: str) -> View:
    """Asks every seed (of the settings, met before, or in the own file), and then every master that these name."""
    configured = [*world.settings.masters, *filter(None, [world.settings.shard])]
    met = [node.address for node in own.nodes.values() if node.role == "owner" and node.address]
    first = dict.fromkeys([*configured, *world.state.text("seeds").split(), *met])
    answers, silent = ask(world, list(first), configured)
    asked = {"", *first, *(answer.me.address for answer in answers)}
    # Each place once, whoever names it.
    places = {
        row[1]: row for answer in answers for row in answer.table.rows.values() if row[8] and "slave" not in row[2]
    }
    named = [Table.node(row) for row in places.values() if row[1].partition("@")[0] not in asked]
    further = dict.fromkeys(node.address for node in named if node and node.alive and node.address not in asked)
    more, also = ask(world, list(further)[:MOST], ())
    return View(answers + more, own, me, silent + also)


def ask(world: World, addresses: list[str], configured: Iterable[str]) -> tuple[list[Answer], list[str]]:
    """The answers, and why the others did not answer."""
    answers, silent = [], []
    for address, (reply,) in world.network.ask_all({address: [NODES] for address in addresses}).items():
        try:
            answers.append(Answer(address, str(known(reply)), address in configured))
        except Unknown as unknown:
            silent.append(str(unknown))
        except ValueError as error:
            silent.append(f"{plain(address)}: {plain(error)}")
    return answers, silent
