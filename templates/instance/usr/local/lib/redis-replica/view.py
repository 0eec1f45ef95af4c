"""The cluster view: what more than half of the masters agree on."""

from __future__ import annotations

from facts import Unknown, known
from login import AGREED
from nodes import Node, Table, covered
from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from nodes import Line
    from volume import Own
    from world import World

NODES = ("CLUSTER", "NODES")
# Milliseconds since the last pong after which a failed node that does not answer counts as gone from an address.
GONE = 10_000
# The most masters that are asked in addition to the seeds. Redis Cluster is designed for up to 1,000 nodes.
MOST = 1000


class Answer:
    """One peer's answer to CLUSTER NODES. `configured` is set if its address comes from the settings."""

    def __init__(
        self, address: str, text: str, configured: bool = False, parsed: dict[str, Line] | None = None
    ) -> None:
        self.address, self.configured = address, configured
        self.table = Table(text, parsed)
        self.me = self.table.me
        # The owners and their slots. Two answers agree if these are equal.
        self.shape = frozenset(line.claim for line in self.table.lines.values() if line.claim)

    @property
    def now(self) -> int:
        """The peer's clock in ms, at its last pong."""
        return self.table.last_pong

    @property
    def nodes(self) -> dict[str, Node]:
        """All nodes by ID; ValueError if one has a value out of bounds."""
        return {node.id: node for node in self.table.nodes()}


class View:
    """The cluster view of the node `me`, from the answers of its peers. `own` is its own nodes.conf."""

    def __init__(self, answers: list[Answer], own: Own, me: str, silent: Iterable[str] = ()) -> None:
        self.answers, self.own, self.me = answers, own, me
        self.trusted = trusted(answers, own, me)
        self.voters = sorted(voters(self.trusted, me), key=lambda voter: voter.address)
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
                # An answer with a value out of bounds does not count.
                self.voters.remove(self.chosen)
                self.chosen = None
        self.owners = [node for node in self.nodes.values() if node.role == "owner"]
        votes, is_owner = count[self.chosen.shape] if self.chosen else 0, self.role == "owner"
        # A voter counts as an owner even if the chosen answer does not list it.
        all_ = max(len(self.owners), len(self.voters) + is_owner)
        # This node has no vote; if it is an owner, half of all is more than half of the others.
        self.quorum = 2 * votes > all_ or 2 * votes == all_ > 0 and is_owner
        self.reason = "; ".join([f"{votes} of {all_ or 'all'} masters with slots answer and agree", *silent][:5])

    @property
    def seen(self) -> Node | None:
        """This node as the quorum lists it."""
        return self.nodes.get(self.me)

    @property
    def role(self) -> str:
        return self.seen.role if self.seen else "none"

    def owner(self) -> tuple[str, Node | None]:
        """The other node that serves this node's shard: live or down with the node, or several, or none.

        It is this node's master, if that owns slots. Otherwise it is the owner of the slots that the shard has in this
        node's own file: after a failover, the cluster still lists an absent replica with the old master.
        """
        master = self.nodes.get(self.seen.master) if self.seen else None
        if not master or master.role != "owner":
            # A cluster with none of the nodes in the own file is another cluster, and does not have this node's shard.
            mine = set() if self.own.nodes.keys().isdisjoint(self.nodes) else self.own.shard_slots
            found = [node for node in self.owners if node.id != self.me and not mine.isdisjoint(covered(node))]
            # The master of another shard may have got the slots without the data, after the loss of this shard.
            if len(found) != 1 or self.own.is_other_owner(found[0].id):
                return "several" if found else "none", None
            master = found[0]
        return "live" if master.alive else "down", master

    def listed(self, master: str = "") -> str:
        """How many of the voters list this node as live, and as a replica of `master` if given: all, some or none.

        A voter that lists it with another role would deny it its vote. If a voter's ping to this node is unanswered
        while other nodes answer, the voter counts as not listing it.
        """
        lines = [(voter, voter.table.get(self.me)) for voter in self.voters]
        alive = [
            node for voter, node in lines if node and node.alive and (not node.ping or voter.now - node.ping < 500)
        ]
        count = sum(not master or node.master == master for node in alive)
        return "none" if not count else "all" if count == len(lines) else "some"

    def elsewhere(self, address: str) -> dict[str, bool]:
        """Other addresses that voters list for this node's ID, and whether each of these voters flags it as failed."""
        claims: dict[str, bool] = {}
        for voter in self.voters:
            node = voter.table.get(self.me)
            if node and node.address not in ("", address):
                gone = "fail" in node.flags and voter.now - node.pong > GONE
                claims[node.address] = claims.get(node.address, True) and gone
        return claims

    def pongs(self) -> dict[str, int]:
        """When each agreeing master last received a pong from this node, in ms by the master's clock."""
        agree = [voter for voter in self.voters if self.chosen and voter.shape == self.chosen.shape]
        lines = [(voter.me.id, voter.table.get(self.me)) for voter in agree]
        return {peer: node.pong for peer, node in lines if node}

    def copies(self) -> list[Node]:
        """Live replicas of this node."""
        mine = (node for node in self.nodes.values() if node.master and node.master == self.me)
        return [node for node in mine if node.alive and node.address]

    def replicas(self, master: Node, address: str) -> int:
        """How many other replicas a master has. Failed ones count, since they come back.

        A replica does not count if it has no address, or if this node or a live node has its address: it never returns.
        """
        taken = {node.address for node in self.nodes.values() if node.alive} | {address}
        others = (node for node in self.nodes.values() if node.master == master.id and node.id != self.me)
        return sum(bool(node.address) and (node.alive or node.address not in taken) for node in others)

    def at(self, address: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.address == address and "handshake" not in node.flags]


def trusted(answers: list[Answer], own: Own, me: str) -> list[Answer]:
    """The answers that may vote: those of known nodes, and of nodes that enough known nodes list.

    A node is known if this node's own file has it. A configured address must also list a node of that file, since the
    address may now belong to another cluster. Any other node must be listed by more than half of the known nodes that
    answer, and by at least two of them: one peer alone is no majority.
    """
    met = own.nodes.keys() - {me}
    base = [
        answer
        for answer in answers
        if answer.me.id in met or answer.configured and (not met or not met.isdisjoint(answer.table.lines))
    ]
    # No known node answers, so only the configured addresses are left. This does not apply to an owner: it may have the
    # only copy of its data, and its own cluster may only be unreachable. For a replica they count only if they list it,
    # or if other nodes answer at the addresses of all owners that it knew.
    if not base and own.role != "owner":
        heard = {answer.address for answer in answers}
        owners = [node for node in own.nodes.values() if node.role == "owner" and node.address]
        replaced = own.role != "replica" or all(node.address in heard for node in owners)
        base = [answer for answer in answers if answer.configured and (replaced or me in answer.table.lines)]
    least = max(len({answer.me.id for answer in base}) // 2 + 1, 2 if len(met) > 1 else 1)

    def namers(id: str) -> int:
        """How many known nodes list a node. A node that answers at several addresses counts once."""
        return len({answer.me.id for answer in base if id in answer.table.lines})

    return [each for each in answers if each in base or namers(each.me.id) >= least]


def voters(answers: list[Answer], me: str) -> list[Answer]:
    """The answers of nodes that report themselves as masters with slots, except this node. One vote for each ID.

    If several addresses answer with the same ID, the one that most other answers list for it counts.
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
    """Asks every seed (from the settings, from the last run, from the own file), then every master that they list."""
    configured = [*world.settings.masters, *filter(None, [world.settings.shard])]
    met = [node.address for node in own.nodes.values() if node.role == "owner" and node.address]
    seeds = [*configured, *world.state.text("seeds").split(), *met]
    login = world.network.login
    if login:
        login.agreed.update(world.state.text(AGREED).split())
    # A server that may not get the password is asked once enough peers name it.
    first = dict.fromkeys(filter(world.network.may_ask, seeds))
    parsed: dict[str, Line] = {}
    answers, silent = ask(world, list(first), configured, parsed)
    if login:
        login.agree(trusted(answers, own, me))
    asked = {"", *first, *(answer.me.address for answer in answers)}
    # Ask each address once, even if several peers list it.
    places = {line.at: (answer, line.id) for answer in answers for line in answer.table.lines.values() if line.claim}
    named = [answer.table.get(id) for at, (answer, id) in places.items() if at.partition("@")[0] not in asked]
    further = dict.fromkeys(node.address for node in named if node and node.alive and node.address not in asked)
    more, also = ask(world, list(further)[:MOST], (), parsed)
    view = View(answers + more, own, me, silent + also)
    if login:
        login.agree(view.trusted)
    return view


def ask(
    world: World, addresses: list[str], configured: Iterable[str], parsed: dict[str, Line]
) -> tuple[list[Answer], list[str]]:
    """The answers, and the reasons for those that are missing. `parsed` collects the lines of all answers."""
    answers, silent = [], []
    for address, (reply,) in world.network.ask_all({address: [NODES] for address in addresses}).items():
        try:
            answers.append(Answer(address, str(known(reply)), address in configured, parsed))
        except Unknown as unknown:
            silent.append(str(unknown))
        except ValueError as error:
            silent.append(f"{plain(address)}: {plain(error)}")
    return answers, silent
