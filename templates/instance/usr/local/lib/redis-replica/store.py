"""Fetches secrets: from Secrets Manager, from the Parameter Store of Systems Manager, or from a file of the image.

A reference is `secretsmanager:ARN`, `secretsmanager:ARN#KEY` for a field of a JSON object, `parameter:NAME`, or
`file:PATH`. It is not secret, and every reason has it.
"""

from __future__ import annotations

import json
import os
import stat
import time
from socket import timeout
from threading import Lock, Thread

import metadata
from facts import Unknown
from secret import Secret
from sigv4 import Credentials, signed
from typed import matched, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPConnection
    from ssl import SSLContext
    from typing import Any, Dict, Mapping, Union

    # The reason is Unknown if the secret could not be fetched.
    Found = Dict[str, Union[Secret, Unknown]]

# The largest secret and the largest answer, in bytes: Secrets Manager has at most 64 KiB, which JSON may escape.
SIZE, LIMIT = 1 << 16, 1 << 19
# Seconds for all secrets together, and for each connection.
SECONDS, CONNECT = 15.0, 5.0
# How often the metadata service is asked for the credentials while it is late.
ATTEMPTS = 3
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}"


class Denied(Unknown):
    """The instance has no role, or its role may not read the secret."""


class Missing(Unknown):
    """There is no such secret."""


class Throttled(Unknown):
    """The service has refused the request for its rate."""


class Silent(Unknown):
    """The service does not answer."""


class Unusable(Unknown):
    """The secret is not a text: it is empty, binary, too long, or has no such field."""


# The errors of both services by the end of their type. Any other one is reported with its own words.
KINDS = {
    "AccessDeniedException": Denied,
    "ExpiredTokenException": Denied,
    "UnrecognizedClientException": Denied,
    "InvalidSignatureException": Denied,
    "ResourceNotFoundException": Missing,
    "ParameterNotFound": Missing,
    "ParameterVersionNotFound": Missing,
    "ThrottlingException": Throttled,
    "TooManyRequestsException": Throttled,
}


def fetch_all(references: Mapping[str, str], region: str, seconds: float = SECONDS) -> Found:
    """The secrets by name, all fetched at the same time; Unknown with the reason for each that could not be."""
    found: Found = {}
    role = Role()

    def get(name: str, reference: str) -> None:
        try:
            found[name] = fetch(reference, region, role)
        except Unknown as unknown:
            found[name] = unknown
        except Exception as error:
            # Only these have a text that is never of the answer. A thread that ends with an error would print it.
            text = getattr(error, "strerror", None) or (error if isinstance(error, (OSError, ValueError)) else "")
            found[name] = Silent(f"{plain(reference)}: {plain(text) or type(error).__name__}")

    threads = [Thread(target=get, args=item, daemon=True) for item in references.items()]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    # A late thread may still add its secret, so the replies are copied.
    return {
        name: dict(found).get(name, Silent(f"{plain(reference)}: no answer within {seconds:g} s"))
        for name, reference in references.items()
    }


def fetch(reference: str, region: str, role: Role) -> Secret:
    kind, _, name = reference.partition(":")
    if kind == "file":
        return usable(from_file(reference, name), reference)
    # The ARN of another account may be of another region, too.
    place = name.split(":")[3:4] if name[:4] == "arn:" else []
    region = matched(REGION, (place or [region])[0], "a region")
    if kind == "secretsmanager":
        arn, _, key = name.partition("#")
        answer = call("secretsmanager", region, "secretsmanager.GetSecretValue", {"SecretId": arn}, reference, role)
        text = answer.get("SecretString")
        if not isinstance(text, str):
            raise Unusable(f"{plain(reference)}: the secret is binary, and not a text")
        return usable(field(text, key, reference) if key else text.encode(), reference)
    if kind == "parameter":
        question: dict[str, object] = {"Name": name, "WithDecryption": True}
        answer = call("ssm", region, "AmazonSSM.GetParameter", question, reference, role)
        return usable(str(answer["Parameter"]["Value"]).encode(), reference)
    raise ValueError("not a reference to a secret")


def from_file(reference: str, path: str) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Missing(f"{plain(reference)}: there is no such file") from None
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Unusable(f"{plain(reference)}: not a regular file")
        return file.read(SIZE + 1)


def field(text: str, key: str, reference: str) -> bytes:
    """A text field of a JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unusable(f"{plain(reference)}: the secret is not a JSON object") from None
    if not isinstance(value, dict) or not isinstance(value.get(key), str):
        raise Unusable(f"{plain(reference)}: the secret has no text under this key")
    return str(value[key]).encode()


def usable(text: bytes, reference: str) -> Secret:
    """Without the line end that editors and `echo` leave."""
    text = text[:-2] if text[-2:] == b"\r\n" else text[:-1] if text[-1:] == b"\n" else text
    if not text.strip():
        raise Unusable(f"{plain(reference)}: the secret is empty")
    if len(text) > SIZE or b"\0" in text:
        raise Unusable(f"{plain(reference)}: the secret is too long, or binary")
    return Secret(text)


def call(
    service: str, region: str, target: str, question: dict[str, object], reference: str, role: Role
) -> dict[str, Any]:
    """Asks a service, with the credentials of the instance's role."""
    suffix = "amazonaws.com.cn" if region[:3] == "cn-" else "amazonaws.com"
    host, body, who = f"{service}.{region}.{suffix}", json.dumps(question).encode(), role.credentials(reference)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {"Host": host, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Date": now, "X-Amz-Target": target}
    headers["X-Amz-Security-Token"] = who.token.reveal().decode()
    headers["Authorization"] = signed(headers, body, service, region, who, now).reveal().decode()
    connection = connect(host)
    try:
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        status, text = response.status, response.read(LIMIT + 1)
    finally:
        connection.close()
    return read(status, text, reference)


def read(status: int, text: bytes, reference: str) -> dict[str, Any]:
    """The answer of a service as an object. Errors have a type, such as `namespace#AccessDeniedException`."""
    try:
        answer = json.loads(text) if len(text) <= LIMIT else None
    # The second one for lists in lists in lists.
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Silent(f"{plain(reference)}: the service answers with status {status}, and not with an object")
    if status == 200:
        return answer
    name = str(answer.get("__type")).rpartition("#")[2]
    message = answer.get("message") or answer.get("Message") or ""
    raise KINDS.get(name, Unknown)(f"{plain(reference)}: {plain(name, 60)}: {plain(message)}")


def connect(host: str, context: SSLContext | None = None) -> HTTPConnection:
    """A connection that bypasses proxies. REDIS_REPLICA_STORE is the HOST:PORT of a service without TLS, for tests."""
    from http.client import HTTPConnection, HTTPSConnection

    local = os.environ.get("REDIS_REPLICA_STORE")
    if local:
        return HTTPConnection(local, timeout=CONNECT)
    return HTTPSConnection(host, timeout=CONNECT, context=context)


class Role:
    """The credentials of the instance's role: asked for once for all secrets that are fetched together."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.found: Credentials | str = ""

    def credentials(self, reference: str) -> Credentials:
        with self.lock:
            self.found = self.found or ask_role()
        if isinstance(self.found, str):
            raise Denied(f"{plain(reference)}: no credentials of the instance's role: {self.found}")
        return self.found


def ask_role() -> Credentials | str:
    """The credentials, or why there are none. Only a late answer is asked for again: at boot, a machine is busy."""
    lateness = ""
    for _ in range(ATTEMPTS):
        try:
            (name,) = metadata.ask("iam/security-credentials/")
            (text,) = metadata.ask(f"iam/security-credentials/{matched(r'[-+=,.@_A-Za-z0-9]{1,64}', name, 'a role')}")
            answer = json.loads(text)
            id = matched("[A-Z0-9]{16,128}", answer["AccessKeyId"], "an access key")
            secrets = (Secret(answer[each].encode()) for each in ("SecretAccessKey", "Token"))
            return Credentials(id, *secrets)
        except timeout as error:
            lateness = plain(error)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            return plain(error) or type(error).__name__
    return lateness
