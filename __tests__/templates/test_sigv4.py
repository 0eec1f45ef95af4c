from __future__ import annotations

import random
import unittest
from datetime import datetime, timezone
from importlib.util import find_spec
from unittest import mock

from suite import Case

from secret import Secret
from sigv4 import Credentials, signed

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \té~%#?&"
TIME = "20260102T030405Z"


class SignatureTest(Case):
    @unittest.skipUnless(find_spec("botocore"), "botocore not found")
    def test_500_generated_requests_have_the_signatures_of_botocore(self) -> None:
        source = random.Random(12)

        def word(most: int = 60) -> str:
            return "".join(source.choices(LETTERS, k=source.randint(1, most)))

        for _ in range(500):
            service = source.choice(["secretsmanager", "ssm", "sts"])
            region = source.choice(["us-west-2", "eu-central-1", "cn-north-1", "us-gov-east-1"])
            seconds = source.randint(0, 4_000_000_000)
            time = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            body = word(2000).encode() if source.random() < 0.9 else b""
            id, key, token = "AKIA" + word(16).strip() + "X", word(), word(900).strip() + "="
            headers = {
                "Host": f"{service}.{region}.amazonaws.com",
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Date": time,
                "X-Amz-Target": f"{word(20)}.{word(20)}",
                "X-Amz-Security-Token": token,
            }
            mine = signed(
                headers, body, service, region, Credentials(id, Secret(key.encode()), Secret(token.encode())), time
            )
            self.assertEqual(mine.reveal().decode(), self.theirs(headers, body, service, region, (id, key, token)))

    def theirs(self, headers: dict[str, str], body: bytes, service: str, region: str, who: tuple[str, str, str]) -> str:
        # Imported here: it takes a second, also where the tests are only listed.
        import botocore.auth
        import botocore.awsrequest
        import botocore.credentials

        request = botocore.awsrequest.AWSRequest("POST", f"https://{headers['Host']}/", headers=headers, data=body)
        time = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(*who), service, region)
        with mock.patch.object(botocore.auth, "get_current_datetime", return_value=time):
            signer.add_auth(request)
        return str(request.headers["Authorization"])

    def test_the_signature_depends_on_each_part(self) -> None:
        who = Credentials("AKID", Secret(b"key"), Secret(b"token"))
        base = signed({"Host": "a"}, b"b", "ssm", "us-west-2", who, TIME)
        for other in (
            signed({"Host": "x"}, b"b", "ssm", "us-west-2", who, TIME),
            signed({"Host": "a"}, b"x", "ssm", "us-west-2", who, TIME),
            signed({"Host": "a"}, b"b", "sts", "us-west-2", who, TIME),
            signed({"Host": "a"}, b"b", "ssm", "us-east-1", who, TIME),
            signed({"Host": "a"}, b"b", "ssm", "us-west-2", who, "20260102T030406Z"),
            signed({"Host": "a"}, b"b", "ssm", "us-west-2", Credentials("AKID", Secret(b"x"), Secret(b"")), TIME),
        ):
            self.assertNotEqual(other, base)

    def test_it_is_a_secret_and_has_the_headers_in_order(self) -> None:
        who = Credentials("AKID", Secret(b"needle"), Secret(b""))
        value = signed({"X-Amz-Date": TIME, "Host": "a"}, b"", "ssm", "us-west-2", who, TIME)
        self.assertEqual(str(value), "***")
        self.assertIn(
            b"Credential=AKID/20260102/us-west-2/ssm/aws4_request, SignedHeaders=host;x-amz-date, ", value.reveal()
        )
        self.assertNotIn(b"needle", value.reveal())
