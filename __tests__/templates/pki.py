"""Certificates made by openssl: a CA, and certificates that it has signed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest

from suite import Case

OPENSSL = shutil.which("openssl")
CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


class Pki:
    """Makes `ca`, `good` and `expired`, and `foreign`, which has signed itself. `good` is valid for 30 days."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="pki-")
        self.openssl(f"req -x509 {CURVE} -keyout ca.key -out ca.pem -days 30 -subj /CN=ca")
        self.openssl(f"req -x509 {CURVE} -keyout foreign.key -out foreign.pem -days 30 -subj /CN=other")
        for name, days in (("good", 30), ("expired", 0)):
            self.openssl(f"req {CURVE} -keyout {name}.key -out {name}.csr -subj /CN={name}")
            self.openssl(
                f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -out {name}.pem"
            )

    def openssl(self, words: str) -> None:
        subprocess.run(["openssl", *words.split()], cwd=self.folder, check=True, capture_output=True)

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def text(self, name: str) -> str:
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def remove(self) -> None:
        shutil.rmtree(self.folder)


@unittest.skipUnless(OPENSSL, "openssl not found")
class PkiCase(Case):
    """Tests with certificates, which are made once for the class."""

    pki: Pki

    @classmethod
    def setUpClass(cls) -> None:
        cls.pki = Pki()
        cls.addClassCleanup(cls.pki.remove)
