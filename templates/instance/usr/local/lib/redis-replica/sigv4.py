"""Signs a request to an AWS service: Signature Version 4, for the POST to `/` that the JSON services take."""

from __future__ import annotations

import hmac
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from secret import Secret

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials:
    """The temporary credentials of a role."""

    __slots__ = ("id", "key", "token")

    def __init__(self, id: str, key: Secret, token: Secret) -> None:
        self.id, self.key, self.token = id, key, token


def signed(headers: dict[str, str], body: bytes, service: str, region: str, who: Credentials, time: str) -> Secret:
    """The value of the header Authorization. `headers` are all that are sent, the token's included; `time` is
    X-Amz-Date."""
    from secret import Secret

    fields = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
    names = ";".join(name for name, _ in fields)
    lines = ["POST", "/", "", *(f"{name}:{value}" for name, value in fields), "", names, sha256(body).hexdigest()]
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    text = "\n".join([ALGORITHM, time, scope, sha256("\n".join(lines).encode()).hexdigest()])
    key = b"AWS4" + who.key.reveal()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), sha256).digest()
    return Secret(f"{ALGORITHM} Credential={who.id}/{scope}, SignedHeaders={names}, Signature={key.hex()}".encode())
