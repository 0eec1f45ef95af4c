"""The certificate of this machine: the TLS context of connections, the expiry, and whether peers would accept it."""

from __future__ import annotations

import ssl
import time
from binascii import Error, a2b_base64
from calendar import timegm
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Tuple

CONTEXT_0 = 0xA0
# The forms of a time in a certificate by its tag: two digits of the year, or four.
TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python's module has no name.
NO_CHECK_TIME = 0x200000
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def context(
    ca: str, certificate: str, key: str, is_server: bool = False, accepts_expired: bool = False
) -> ssl.SSLContext:
    """A context that accepts only peers of the CA, and presents the certificate. The arguments are paths.

    Redis compares no names either: certificates of a cluster often have none of the addresses that gossip names.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED
    if accepts_expired:
        made.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    made.load_verify_locations(ca)
    # Without a password for the key, OpenSSL would ask for one on the terminal.
    made.load_cert_chain(certificate, key, password="")
    return made


def verify(ca: str, certificate: str, key: str, is_client: bool) -> None:
    """ValueError unless a peer would accept the certificate, as a server's and, if `is_client`, as a client's as well.

    A handshake in memory asks OpenSSL for all of it: key, chain, purpose and dates.
    """
    try:
        client, server = context(ca, certificate, key), context(ca, certificate, key, is_server=True)
        server.verify_mode = ssl.CERT_REQUIRED if is_client else ssl.CERT_NONE
        sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
        sides = client.wrap_bio(received, sent), server.wrap_bio(sent, received, server_side=True)
        # Each turn of a side answers all that the other one has sent.
        for side in sides * 3:
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or str(error.reason or error)
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ValueError("the key does not fit the certificate") from None
        if "expired" in reason:
            raise ValueError("the certificate has expired") from None
        raise ValueError(f"the certificate, its key or its CA cannot be used: {reason}") from None


def expiry(pem: str) -> int:
    """When the first certificate of a PEM text expires, in seconds since 1970; ValueError if it cannot be read."""
    try:
        ((_, certificate),) = elements(a2b_base64(pem.partition(BEGIN)[2].partition(END)[0]))
        (_, signed), *_ = elements(certificate)
        # The version, the first field, may be missing. Then: serial number, algorithm, issuer, validity.
        fields = [element for element in elements(signed) if element[0] != CONTEXT_0]
        _, (kind, end) = elements(fields[3][1])
        return timegm(time.strptime(end.decode("ascii"), TIMES[kind]))
    except (Error, LookupError, ValueError):
        raise ValueError("the certificate cannot be read") from None


def elements(der: bytes) -> Iterator[Tuple[int, bytes]]:
    """The elements of a DER sequence: tag and content."""
    while der:
        tag, size, start = der[0], der[1], 2
        if size > 127:
            start += size & 127
            size = int.from_bytes(der[2:start], "big")
        if start + size > len(der):
            raise ValueError
        yield tag, der[start : start + size]
        der = der[start + size :]
