from __future__ import annotations

import time

from pki import PkiCase
from suite import rows

import tls

UNUSABLE = "the certificate, its key or its CA cannot be used: "


class CertificateTest(PkiCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # The expired one ends in the second in which it was made.
        time.sleep(1.1)

    def verify(self, ca: str, certificate: str, key: str) -> None:
        tls.verify(self.pki.path(ca), self.pki.path(certificate), self.pki.path(key), is_client=True)

    def test_a_certificate_that_the_ca_has_signed_is_accepted(self) -> None:
        self.verify("ca.pem", "good.pem", "good.key")

    @rows(
        ("an expired one is rejected", "ca.pem", "expired.pem", "expired.key", "the certificate has expired"),
        (
            "the key of another one is rejected",
            "ca.pem",
            "good.pem",
            "expired.key",
            "the key does not fit the certificate",
        ),
        ("one that has signed itself is rejected", "ca.pem", "foreign.pem", "foreign.key", UNUSABLE),
        ("the CA of another one is rejected", "foreign.pem", "good.pem", "good.key", UNUSABLE),
        ("a key in place of the certificate is rejected", "ca.pem", "good.key", "good.key", UNUSABLE),
        ("a key in place of the CA is rejected", "good.key", "good.pem", "good.key", UNUSABLE),
    )
    def rejected(self, ca: str, certificate: str, key: str, reason: str) -> None:
        with self.assertRaises(ValueError) as caught:
            self.verify(ca, certificate, key)
        self.assertTrue(str(caught.exception).startswith(reason), caught.exception)

    def test_an_encrypted_key_is_rejected_without_a_prompt(self) -> None:
        self.pki.openssl("ec -in good.key -aes128 -passout pass:needle -out encrypted.key")
        with self.assertRaises(ValueError):
            self.verify("ca.pem", "good.pem", "encrypted.key")

    def test_a_certificate_for_servers_only_is_accepted_where_clients_need_none(self) -> None:
        with open(self.pki.path("server.ext"), "w", encoding="ascii") as file:
            file.write("extendedKeyUsage=serverAuth\n")
        self.pki.openssl(
            "x509 -req -in good.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile server.ext -out server.pem"
        )
        ca, certificate, key = (self.pki.path(name) for name in ("ca.pem", "server.pem", "good.key"))
        tls.verify(ca, certificate, key, is_client=False)
        with self.assertRaises(ValueError):
            self.verify("ca.pem", "server.pem", "good.key")

    def test_the_expiry_is_read(self) -> None:
        days = (tls.expiry(self.pki.text("good.pem")) - time.time()) / 86400
        self.assertAlmostEqual(days, 30, 1)

    def test_of_a_chain_the_first_certificate_counts(self) -> None:
        chain = self.pki.text("expired.pem") + self.pki.text("good.pem")
        self.assertEqual(tls.expiry(chain), tls.expiry(self.pki.text("expired.pem")))

    def test_a_year_of_four_digits_is_read(self) -> None:
        self.pki.openssl("x509 -req -in good.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20000 -out late.pem")
        self.assertAlmostEqual((tls.expiry(self.pki.text("late.pem")) - time.time()) / 86400, 20000, 1)

    def test_text_that_is_no_certificate_has_no_expiry(self) -> None:
        good = self.pki.text("good.pem")
        lines = good.split("\n")
        for text in ("", "needle", good[: len(good) // 2] + tls.END, "\n".join([lines[0], "AAAA", *lines[2:]])):
            with self.assertRaises(ValueError) as caught:
                tls.expiry(text)
            self.assertEqual(str(caught.exception), "the certificate cannot be read")
