from __future__ import annotations

import os
import time
from functools import cache
from unittest import mock

from fakes import FakeWorld
from metadata_service import MetadataService
from suite import Case, diagnostics, rows

import imds
import metadata
from facts import Unknown


class MetadataTest(Case):
    def setUp(self) -> None:
        self.service = MetadataService()
        self.addCleanup(self.service.server_close)
        self.addCleanup(self.service.shutdown)
        self.use(REDIS_REPLICA_IMDS=self.service.address)
        self.world = FakeWorld(self.folder())

    def use(self, **environment: str) -> None:
        change = mock.patch.dict(os.environ, environment)
        change.start()
        self.addCleanup(change.stop)

    def test_the_address_and_the_instance_id_are_read_with_a_session_token(self) -> None:
        self.assertEqual(metadata.identity(self.world), ("127.0.0.1", "i-0123456789abcdef0"))
        self.assertEqual(self.service.asked[0], "/latest/api/token")

    def test_a_proxy_in_the_environment_is_bypassed(self) -> None:
        proxy = MetadataService()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        proxy.answers["/latest/meta-data/instance-id"] = 200, "i-of-the-proxy"
        url = f"http://{proxy.address}"
        self.use(http_proxy=url, HTTP_PROXY=url, https_proxy=url, ALL_PROXY=url, all_proxy=url)
        self.assertEqual(metadata.identity(self.world)[1], "i-0123456789abcdef0")
        self.assertEqual(proxy.asked, [])

    @rows(
        ("an empty instance ID is unknown", "/latest/meta-data/instance-id", (200, "")),
        (
            "a page in place of an instance ID is unknown",
            "/latest/meta-data/instance-id",
            (200, "<html>a proxy</html>"),
        ),
        ("a command in place of an instance ID is unknown", "/latest/meta-data/instance-id", (200, "i-1;$(id)")),
        ("an instance ID with letters beyond ASCII is unknown", "/latest/meta-data/instance-id", (200, "i-\xe9")),
        ("an instance ID of several lines is unknown", "/latest/meta-data/instance-id", (200, "i-1\ni-2")),
        ("an instance ID that is too long is unknown", "/latest/meta-data/instance-id", (200, "i" * 65)),
        ("an error in place of an instance ID is unknown", "/latest/meta-data/instance-id", (500, "i-1")),
        ("an instance ID that is not found is unknown", "/latest/meta-data/instance-id", (404, "")),
        ("a token of two lines is rejected", "/latest/api/token", (200, "a\r\nHost: b")),
        ("an empty token is rejected", "/latest/api/token", (200, "")),
        ("a service without tokens is unknown", "/latest/api/token", (404, "")),
    )
    def wrong(self, path: str, answer: tuple[int, str]) -> None:
        self.service.answers[path] = answer
        with mock.patch.object(metadata, "own_ip", return_value="127.0.0.1"):
            ip, instance = metadata.identity(self.world)
        self.assertEqual(ip, "127.0.0.1")
        self.assertIsInstance(instance, Unknown)
        self.assertRegex(str(instance), "^the metadata service does not answer: [ -~]*$")

    @rows(
        ("an address that no interface has is waited for", "203.0.113.9"),
        ("the unspecified address is not taken", "0.0.0.0"),
        ("the unspecified IPv6 address is not taken", "::"),
        ("a page is no address", "<html>"),
        ("a command is no address", "127.0.0.1;id"),
        ("a host name is no address", "localhost"),
        ("an empty body is no address", ""),
        ("an address with a NUL is no address", "127.0.0.1\0"),
    )
    def addresses(self, body: str) -> None:
        self.service.answers["/latest/meta-data/local-ipv4"] = 200, body
        begun = self.world.clock.time
        # A hundred tries get the same answer, so only the first one is a request.
        with mock.patch.object(metadata, "ask", cache(metadata.ask)):
            self.assertEqual(metadata.identity(self.world)[0], "")
        self.assertAlmostEqual(self.world.clock.time - begun, 10, 3)

    def test_the_zone_is_read_once_in_a_boot(self) -> None:
        self.service.answers["/latest/meta-data/placement/availability-zone"] = 200, "us-west-2a"
        self.assertIsInstance(metadata.zone(self.world), Unknown)
        for _ in range(3):
            metadata.keep_zone(self.world)
        self.assertEqual(metadata.zone(self.world), "us-west-2a")
        self.assertEqual(len(self.service.asked), 2)

    @rows(
        ("a zone that is not found is unknown", (404, "")),
        ("an error in place of a zone is unknown", (500, "us-west-2a")),
        ("an empty zone is unknown", (200, "")),
        ("a page in place of a zone is unknown", (200, "<html>a proxy</html>")),
        ("a zone with a directive behind it is unknown", (200, "us-west-2a\nloadmodule /tmp/a.so")),
        ("a zone that is too long is unknown", (200, "a" * 61)),
    )
    def zones(self, answer: tuple[int, str]) -> None:
        self.service.answers["/latest/meta-data/placement/availability-zone"] = answer
        with diagnostics() as log:
            metadata.keep_zone(self.world)
        self.assertIsInstance(metadata.zone(self.world), Unknown)
        self.assertRegex(
            log.getvalue(), "^redis-replica: the availability zone of this instance is not known: [ -~]+\n$"
        )
        # The next start asks again.
        self.service.answers["/latest/meta-data/placement/availability-zone"] = 200, "us-west-2b"
        metadata.keep_zone(self.world)
        self.assertEqual(metadata.zone(self.world), "us-west-2b")

    def test_without_the_service_the_zone_is_unknown(self) -> None:
        self.use(REDIS_REPLICA_IMDS="127.0.0.1:1")
        with diagnostics():
            metadata.keep_zone(self.world)
        self.assertIsInstance(metadata.zone(self.world), Unknown)

    def test_a_stored_zone_that_is_no_zone_is_unknown(self) -> None:
        self.world.run.write("zone", "us-west-2a\nloadmodule /tmp/a.so")
        self.assertIsInstance(metadata.zone(self.world), Unknown)

    def test_without_the_service_the_address_is_that_of_the_default_route(self) -> None:
        self.use(REDIS_REPLICA_IMDS="127.0.0.1:1")
        with mock.patch.object(metadata, "own_ip", return_value="127.0.0.1"):
            ip, instance = metadata.identity(self.world)
        self.assertEqual(ip, "127.0.0.1")
        self.assertIsInstance(instance, Unknown)

    def test_an_answer_that_comes_a_byte_at_a_time_is_given_up(self) -> None:
        self.service.answers["/latest/api/token"], self.service.pause = (200, "t" * 900), 0.1
        begun = time.monotonic()
        with self.assertRaises(ValueError):
            metadata.ask("instance-id")
        self.assertLess(time.monotonic() - begun, 6)

    def test_an_endless_answer_is_given_up(self) -> None:
        self.service.answers["/latest/api/token"] = 200, "t" * (imds.LIMIT + 1)
        with self.assertRaises((ValueError, OSError)):
            metadata.ask("instance-id")

    def test_an_address_belongs_to_this_machine_if_an_interface_has_it(self) -> None:
        self.assertTrue(metadata.is_here("127.0.0.1"))
        self.assertFalse(metadata.is_here("203.0.113.9"))
        self.assertFalse(metadata.is_here("2001:db8::9"))
        self.assertRegex(metadata.own_ip(), r"^([\d.]+)?$")
