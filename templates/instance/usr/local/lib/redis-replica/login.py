"""How the agent logs in to a server: over TLS if it is configured, and with a password where that may be sent."""

from __future__ import annotations

import time
from socket import timeout

from facts import Refused, Unknown
from resp import HERE
from secret import Secret
from typed import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from socket import socket
    from typing import Callable, Collection, Iterable

    from folder import Folder
    from resp import Command, Reply
    from settings import Settings
    from view import Answer

# The files of world.secrets. The first line of `passwords` is the present one; the others are of before a rotation that
# is not complete.
PASSWORDS, ACL, CA, CERTIFICATE, KEY = "passwords", "users.acl", "ca.pem", "certificate.pem", "key.pem"
# When the certificate expires, in seconds since 1970.
EXPIRY = "expiry"
# Included by redis.conf.
AUTH_CONF = "auth.conf"
# So many characters identify a password in a text that may have only a part of it.
SHOWN = 8
# A file of world.state: the masters that most masters have named when this node was last in sync.
AGREED = "agreed"


def may_receive(
    address: str, configured: Collection[str], agreed: Collection[str], is_verified: bool, is_ours: bool
) -> bool:
    """Whether a password may be sent to a server.

    Either TLS has verified it, or its address is of the settings, or most peers name it. On this machine the listener
    must be Redis's own (`is_ours`): any local user can listen on a free port.
    """
    if address.rpartition(":")[0] == HERE:
        return is_verified or is_ours
    return is_verified or address in configured or address in agreed


def named_by_most(answers: Iterable[Answer]) -> set[str]:
    """The addresses that more than half of the answering nodes name, and at least two: one peer alone could lie."""
    namers: dict[str, set[str]] = {}
    peers = {answer.me.id for answer in answers}
    for answer in answers:
        for line in answer.table.lines.values():
            namers.setdefault(line.at.partition("@")[0], set()).add(answer.me.id)
    return {address for address, ids in namers.items() if len(ids) >= max(2, len(peers) // 2 + 1)}


class Login:
    """What the connections of one process use. `is_ours` is whether Redis's own user listens on this machine."""

    def __init__(self, settings: Settings, folder: Folder, is_ours: Callable[[], bool]) -> None:
        self.user = settings["AUTH_USER"] or "default"
        self.has_password, self.has_tls = bool(settings["AUTH_PASSWORD"]), bool(settings["TLS_CA"])
        self.folder, self.is_ours = folder, is_ours
        self.configured = {*settings.masters, *filter(None, [settings.shard])}
        self.agreed: set[str] = set()
        self.passwords: list[Secret] = []
        self.version = ""
        self.context: ssl.SSLContext | None = None
        # For the Redis on this machine.
        self.context_here: ssl.SSLContext | None = None
        # Whether a server has rejected all passwords since the start of this process.
        self.rejected = False

    def load(self) -> None:
        """Reads the files once; Unknown if they are not there, or cannot be used."""
        # Read first: if the files are replaced meanwhile, they are newer than this version, and are loaded again.
        self.version = self.version or self.folder.text("version")
        if self.has_password and not self.passwords:
            self.passwords = [Secret(line) for line in self.folder.read(PASSWORDS).split(b"\n") if line]
            if not self.passwords:
                raise Unknown("the password has not been fetched yet")
        if self.has_tls and not self.context:
            import tls

            try:
                files = self.folder / CA, self.folder / CERTIFICATE, self.folder / KEY
                # Redis serves an expired certificate until the agent has told it to read another one.
                self.context_here = tls.context(*files, accepts_expired=True)
                self.context = tls.context(*files)
            except OSError as error:
                raise Unknown(f"the certificate cannot be used: {plain(error.strerror or error)}") from None

    def only(self, password: Secret) -> Login:
        """The same login with one password."""
        other = Login.__new__(Login)
        vars(other).update(vars(self))
        other.passwords = [password]
        return other

    def may_ask(self, address: str) -> bool:
        is_ours = address.rpartition(":")[0] == HERE and self.is_ours()
        return not self.has_password or may_receive(address, self.configured, self.agreed, self.has_tls, is_ours)

    def agree(self, answers: list[Answer]) -> None:
        """Lets the agent log in to the servers that these peers name."""
        if self.has_password and not self.has_tls:
            self.agreed |= named_by_most(answers)

    def secure(self, connection: socket, address: str) -> socket:
        """The connection, over TLS if it is configured. The peer's certificate is verified; Unknown otherwise."""
        context = self.context_here if address.rpartition(":")[0] == HERE else self.context
        if not context:
            return connection
        import ssl

        try:
            # A server without TLS may wait for the end of a line. Some of the time is left to report that.
            connection.settimeout((connection.gettimeout() or 2) * 0.75)
            return context.wrap_socket(connection)
        except timeout:
            connection.close()
            raise Unknown("no TLS connection: no answer to the handshake") from None
        except ssl.SSLError as error:
            connection.close()
            reason = getattr(error, "verify_message", "") or error.reason or error
            raise Unknown(f"no TLS connection: {plain(reason)}") from None

    def explain(self, error: object) -> str:
        """The text of a failure. A peer that rejects an expired certificate may only close the connection."""
        text, expiry = plain(getattr(error, "strerror", None) or error), self.folder.text(EXPIRY).strip()
        if not self.has_tls or not expiry.isdecimal() or int(expiry) > time.time():
            return text
        from trouble import utc

        return f"{text}; the certificate of this machine has expired at {utc(int(expiry))}"

    def greeting(self, address: str) -> list[Command]:
        """The commands to begin with; Unknown if the server may not get the password.

        All passwords are sent at once. A server accepts one of them, and rejecting the others changes nothing.
        """
        if not self.may_ask(address):
            raise Unknown(
                "gets no password: this process is not Redis's own"
                if address.rpartition(":")[0] == HERE
                else "gets no password: without TLS it must be in masters, or most masters must name it"
            )
        return [("AUTH", self.user, password) for password in self.passwords]

    def hide(self, text: str) -> str:
        """A reason up to the first password in it; the end of a long password may be missing."""
        for password in self.passwords:
            begin = plain(password.reveal().decode("latin-1"))[:SHOWN]
            text = text.partition(begin)[0] + "..." if begin in text else text
        return text

    def check(self, replies: list[Reply]) -> None:
        """Refused, in the server's words, if it has accepted no password."""
        if replies and "OK" not in replies:
            self.rejected = str(replies[0])[:9] == "WRONGPASS"
            first = replies[0] if isinstance(replies[0], Refused) else "not an answer to AUTH"
            raise Refused(plain(first).partition(", with args")[0])


def options(settings: Settings, folder: Folder) -> str:
    """The options with which an operator's redis-cli logs in."""
    words = ["--tls"] if settings["TLS_CA"] else []
    for name, file in (("cacert", CA), ("cert", CERTIFICATE), ("key", KEY)) if words else ():
        words.append(f"--{name} {folder / file}")
    words += [f"--user {settings['AUTH_USER'] or 'default'} --askpass"] if settings["AUTH_PASSWORD"] else []
    return "".join(f" {word}" for word in words)
