from __future__ import annotations

import fuzz
from suite import Case, rows

# Inputs a parser; `npm run fuzz:agent` has a million.
COUNT = 3000


class FuzzTest(Case):
    @rows(*((f"{name} of any bytes is a value within bounds or refused", name) for name in fuzz.PARSERS))
    def parsers(self, name: str) -> None:
        self.assertEqual(fuzz.fuzz(name, COUNT, 1), [])
