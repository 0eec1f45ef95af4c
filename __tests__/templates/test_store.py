from __future__ import annotations

import json
import logging
import os
import socket
import ssl
import time
import unittest
import urllib.request
from importlib.util import find_spec
from threading import Thread
from typing import Any
from unittest import mock

from fakes import put
from loopback import LoopbackHandler, LoopbackServer
from pki import PkiCase
from suite import Case, rows

import store
from facts import Unknown
from secret import Secret
from store import Denied, Missing, Silent, Throttled, Unusable

REGION = "us-west-2"
ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-AbCdEf"
ROLE = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "needle-key", "Token": "needle-token"}


class Service(LoopbackServer):
    """Answers every question with `status` and `body`, and GET as the metadata service does."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.status, self.body, self.pause = 200, b"{}", 0.0
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.role = json.dumps(ROLE)
        # Of the metadata service: how many answers come too late, and the paths that were asked for.
        self.late, self.paths = 0, list[str]()


class Handler(LoopbackHandler):
    server: Service

    def do_PUT(self) -> None:
        self.answer(200, b"a-token")

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        if self.server.late > 0:
            self.server.late -= 1
            time.sleep(1.5)
        self.answer(200, b"replica" if self.path.endswith("/") else self.server.role.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), body))
        time.sleep(self.server.pause)
        self.answer(self.server.status, self.server.body)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)


class StoreCase(Case):
    def setUp(self) -> None:
        self.service = Service()
        self.addCleanup(self.service.server_close)
        self.addCleanup(self.service.shutdown)
        self.use(REDIS_REPLICA_IMDS=self.service.address, REDIS_REPLICA_STORE=self.service.address)

    def use(self, **environment: str) -> None:
        change = mock.patch.dict(os.environ, environment)
        change.start()
        self.addCleanup(change.stop)

    def fetch(self, reference: str, seconds: float = 5) -> Secret | Unknown:
        return store.fetch_all({"A": reference}, REGION, seconds)["A"]

    def says(self, status: int, **answer: Any) -> None:
        self.service.status, self.service.body = status, json.dumps(answer).encode()

    def check(self, found: Secret | Unknown, kind: type[Unknown], text: str) -> None:
        self.assertEqual((type(found), str(found)), (kind, text))


class ServiceTest(StoreCase):
    def test_the_role_is_asked_for_once_for_all_secrets(self) -> None:
        self.says(200, Parameter={"Value": "needle"})
        found = store.fetch_all({name: f"parameter:/{name}" for name in "ABCDE"}, REGION, 5)
        self.assertEqual(list(found.values()), [Secret(b"needle")] * 5)
        self.assertEqual(len(self.service.paths), 2)

    def test_a_late_answer_about_the_role_is_asked_for_again(self) -> None:
        self.says(200, Parameter={"Value": "needle"})
        self.service.late = 1
        self.assertEqual(self.fetch("parameter:/a"), Secret(b"needle"))

    def test_any_other_answer_about_the_role_is_not(self) -> None:
        self.service.role = "{}"
        self.check(
            self.fetch("parameter:/a"), Denied, "parameter:/a: no credentials of the instance's role: 'AccessKeyId'"
        )
        self.assertEqual(len(self.service.paths), 2)

    def test_a_secret_of_secrets_manager_is_asked_for_with_the_credentials_of_the_role(self) -> None:
        self.says(200, SecretString="needle")
        found = self.fetch(f"secretsmanager:{ARN}")
        self.assertEqual(found, Secret(b"needle"))
        ((headers, body),) = self.service.asked
        self.assertEqual(json.loads(body), {"SecretId": ARN})
        self.assertEqual(headers["X-Amz-Target"], "secretsmanager.GetSecretValue")
        self.assertEqual(headers["Host"], "secretsmanager.us-west-2.amazonaws.com")
        self.assertIn("Credential=AKIAIOSFODNN7EXAMPLE/", headers["Authorization"])

    def test_a_parameter_is_asked_for_decrypted(self) -> None:
        self.says(200, Parameter={"Value": "needle"})
        self.assertEqual(self.fetch("parameter:/redis/password"), Secret(b"needle"))
        self.assertEqual(json.loads(self.service.asked[0][1]), {"Name": "/redis/password", "WithDecryption": True})

    @rows(
        (
            "the region of an ARN is used",
            f"secretsmanager:{ARN.replace(REGION, 'eu-central-1')}",
            "secretsmanager.eu-central-1.amazonaws.com",
        ),
        ("the region of the settings is used for a name", "parameter:/a", "ssm.us-west-2.amazonaws.com"),
        (
            "China has a domain of its own",
            "parameter:arn:aws-cn:ssm:cn-north-1:1:parameter/a",
            "ssm.cn-north-1.amazonaws.com.cn",
        ),
    )
    def hosts(self, reference: str, host: str) -> None:
        self.fetch(reference)
        self.assertEqual(self.service.asked[0][0]["Host"], host)

    def test_an_answer_that_is_nested_too_deeply_is_no_object(self) -> None:
        with self.assertRaises(Silent):
            store.read(200, b"[" * 100_000, "parameter:/a")

    def test_a_region_that_is_none_is_not_asked(self) -> None:
        found = self.fetch("parameter:arn:aws:ssm:evil.example/:1:parameter/a")
        self.assertIn("not a region", str(found))
        self.assertEqual(self.service.asked, [])

    @rows(
        ("access denied", 400, "AccessDeniedException", Denied),
        ("a secret that does not exist", 400, "ResourceNotFoundException", Missing),
        ("a parameter that does not exist", 400, "ParameterNotFound", Missing),
        ("a rate that is too high", 400, "ThrottlingException", Throttled),
        ("a clock that is wrong", 403, "InvalidSignatureException", Denied),
        ("any other error", 500, "InternalServiceError", Unknown),
    )
    def is_an_error_in_the_words_of_the_service(self, status: int, name: str, kind: type[Unknown]) -> None:
        self.says(status, __type=f"com.amazonaws#{name}", Message="User: x is not\x1b authorized")
        self.check(self.fetch("parameter:/a"), kind, f"parameter:/a: {name}: User: x is not? authorized")

    @rows(
        ("an empty secret is unusable", "secretsmanager:a", {"SecretString": " \n"}, "the secret is empty"),
        (
            "a binary secret is unusable",
            "secretsmanager:a",
            {"SecretBinary": "AAAA"},
            "the secret is binary, and not a text",
        ),
        (
            "a secret with a NUL is unusable",
            "secretsmanager:a",
            {"SecretString": "a\0b"},
            "the secret is too long, or binary",
        ),
        (
            "a secret that is too long is unusable",
            "secretsmanager:a",
            {"SecretString": "a" * 70_000},
            "the secret is too long, or binary",
        ),
        (
            "a key of a text is unusable",
            "secretsmanager:a#k",
            {"SecretString": "needle"},
            "the secret is not a JSON object",
        ),
        (
            "a key of a list is unusable",
            "secretsmanager:a#k",
            {"SecretString": '["needle"]'},
            "the secret has no text under this key",
        ),
        (
            "a key that is missing is unusable",
            "secretsmanager:a#k",
            {"SecretString": '{"j": "needle"}'},
            "the secret has no text under this key",
        ),
        (
            "a key with a number is unusable",
            "secretsmanager:a#k",
            {"SecretString": '{"k": 1}'},
            "the secret has no text under this key",
        ),
    )
    def unusable(self, reference: str, answer: dict[str, str], text: str) -> None:
        self.says(200, **answer)
        self.check(self.fetch(reference), Unusable, f"{reference}: {text}")

    def test_a_key_of_a_json_secret_is_its_field(self) -> None:
        self.says(200, SecretString='{"k": "n\\u00e9edle"}')
        self.assertEqual(self.fetch("secretsmanager:a#k"), Secret("n\u00e9edle".encode()))

    @rows(
        ("a page is no answer", 200, b"<html>needle</html>"),
        ("a list is no answer", 200, b"[]"),
        ("an answer without an end is none", 200, b'"' + b"a" * (1 << 20)),
        ("an error of a proxy is no answer", 502, b""),
        ("an answer without the parameter is none", 200, b"{}"),
        ("a parameter of another form is none", 200, b'{"Parameter": []}'),
    )
    def no_answer(self, status: int, body: bytes) -> None:
        self.service.status, self.service.body = status, body
        found = self.fetch("parameter:/a")
        self.assertIsInstance(found, Silent)
        self.assertRegex(str(found), "^parameter:/a: [ -~]+$")
        self.assertNotIn("needle", str(found))

    def test_a_service_that_does_not_speak_http_is_silent_and_not_quoted(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"needle\r\n")

        Thread(target=serve, daemon=True).start()
        self.use(REDIS_REPLICA_STORE=f"127.0.0.1:{listener.getsockname()[1]}")
        self.check(self.fetch("parameter:/a"), Silent, "parameter:/a: BadStatusLine")

    def test_a_service_that_is_silent_is_given_up_in_time(self) -> None:
        self.service.pause = 1
        begun = time.monotonic()
        self.check(self.fetch("parameter:/a", 0.5), Silent, "parameter:/a: no answer within 0.5 s")
        self.assertLess(time.monotonic() - begun, 2)

    def test_a_service_that_refuses_the_connection_is_silent(self) -> None:
        self.use(REDIS_REPLICA_STORE="127.0.0.1:1")
        self.check(self.fetch("parameter:/a"), Silent, "parameter:/a: Connection refused")

    def test_one_secret_that_fails_does_not_keep_the_others(self) -> None:
        self.says(200, SecretString="needle")
        found = store.fetch_all({"A": "secretsmanager:a", "B": "parameter:/b", "C": "c"}, REGION)
        self.assertEqual(found["A"], Secret(b"needle"))
        self.assertIsInstance(found["B"], Silent)
        self.assertIsInstance(found["C"], Unknown)

    @rows(
        ("a role that is not JSON", "needle"),
        ("a role without a key", json.dumps({"AccessKeyId": ROLE["AccessKeyId"]})),
        ("a role with another key ID", json.dumps({**ROLE, "AccessKeyId": "a\r\nb"})),
        ("a role that is a list", "[]"),
        ("a role with a number", json.dumps({**ROLE, "Token": 1})),
    )
    def has_no_credentials(self, role: str) -> None:
        self.service.role = role
        found = self.fetch("parameter:/a")
        self.assertIsInstance(found, Denied)
        self.assertRegex(str(found), "^parameter:/a: no credentials of the instance's role: [ -~]+$")
        self.assertNotIn("needle", str(found))

    def test_a_proxy_in_the_environment_is_bypassed(self) -> None:
        self.says(200, SecretString="needle")
        self.use(http_proxy="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
        self.assertEqual(self.fetch("secretsmanager:a"), Secret(b"needle"))


class CertificateTest(PkiCase, StoreCase):
    def test_a_service_with_the_certificate_of_an_unknown_ca_gets_nothing(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pki.path("foreign.pem"), self.pki.path("foreign.key"))
        self.service.socket = context.wrap_socket(self.service.socket, server_side=True)
        imds = Service()
        self.addCleanup(imds.server_close)
        self.addCleanup(imds.shutdown)
        self.use(REDIS_REPLICA_IMDS=imds.address, REDIS_REPLICA_STORE="")
        real, port = store.connect, self.service.server_address[1]
        with mock.patch.object(store, "connect", lambda host: real(f"localhost:{port}")):
            found = self.fetch("parameter:/a")
        self.assertIsInstance(found, Silent)
        self.assertIn("certificate verify failed", str(found))
        self.assertEqual(self.service.asked, [])


class FileTest(StoreCase):
    def file(self, text: bytes) -> str:
        path = f"{self.folder()}/secret"
        put(path, text)
        return f"file:{path}"

    @rows(
        ("a file is a secret", b"needle", b"needle"),
        ("one line end is left out", b"needle\n", b"needle"),
        ("one line end of Windows is left out", b"needle\r\n", b"needle"),
        ("spaces and further line ends are of the secret", b" needle\n\n", b" needle\n"),
        ("bytes beyond ASCII stay as they are", b"n\xc3\xa9", b"n\xc3\xa9"),
    )
    def texts(self, text: bytes, secret: bytes) -> None:
        self.assertEqual(self.fetch(self.file(text)), Secret(secret))

    def test_files_that_cannot_be_used_are_reported(self) -> None:
        folder = self.folder()
        os.mkfifo(f"{folder}/pipe")
        for path, kind, text in (
            (f"{folder}/none", Missing, "there is no such file"),
            (f"{folder}/pipe", Unusable, "not a regular file"),
            (folder, Silent, "Is a directory"),
        ):
            self.check(self.fetch(f"file:{path}"), kind, f"file:{path}: {text}")

    def test_no_service_is_asked_for_a_file(self) -> None:
        self.use(REDIS_REPLICA_IMDS="127.0.0.1:1", REDIS_REPLICA_STORE="127.0.0.1:1")
        self.assertEqual(self.fetch(self.file(b"a")), Secret(b"a"))


@unittest.skipUnless(find_spec("moto"), "moto not found")
class MotoTest(StoreCase):
    """Against moto's server, over HTTP on loopback."""

    moto: Any

    @classmethod
    def setUpClass(cls) -> None:
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        cls.moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        cls.moto.start()
        cls.addClassCleanup(cls.moto.stop)

    def setUp(self) -> None:
        import botocore.session

        super().setUp()
        host, port = self.moto.get_host_and_port()
        url = f"http://{host}:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
        self.use(REDIS_REPLICA_STORE=f"{host}:{port}")
        self.use(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
        session = botocore.session.get_session()
        self.secrets, self.parameters = (
            session.create_client(name, region_name=REGION, endpoint_url=url) for name in ("secretsmanager", "ssm")
        )

    def test_a_secret_and_a_field_of_one_are_fetched_by_arn(self) -> None:
        arn = self.secrets.create_secret(Name="redis", SecretString='{"password": "needle"}')["ARN"]
        self.assertEqual(self.fetch(f"secretsmanager:{arn}"), Secret(b'{"password": "needle"}'))
        self.assertEqual(self.fetch(f"secretsmanager:{arn}#password"), Secret(b"needle"))

    def test_a_new_version_is_fetched(self) -> None:
        arn = self.secrets.create_secret(Name="redis", SecretString="old")["ARN"]
        self.secrets.put_secret_value(SecretId=arn, SecretString="new")
        self.assertEqual(self.fetch(f"secretsmanager:{arn}"), Secret(b"new"))

    def test_a_parameter_is_decrypted(self) -> None:
        self.parameters.put_parameter(Name="/redis/password", Value="needle", Type="SecureString")
        self.assertEqual(self.fetch("parameter:/redis/password"), Secret(b"needle"))

    def test_what_does_not_exist_is_missing(self) -> None:
        for reference in (f"secretsmanager:{ARN}", "parameter:/none"):
            self.assertIsInstance(self.fetch(reference), Missing)

    def test_a_binary_secret_is_unusable(self) -> None:
        arn = self.secrets.create_secret(Name="redis", SecretBinary=b"\1\2")["ARN"]
        self.assertIsInstance(self.fetch(f"secretsmanager:{arn}"), Unusable)
