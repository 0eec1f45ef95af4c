from __future__ import annotations

from suite import Case, rows

from typed import MOST, host, integer, is_ip, node_id, plain, split


class TypedTest(Case):
    @rows(
        ("zero is a number", "0", 0),
        ("zeros before a number are allowed", "007", 7),
        ("the greatest number has 63 bits", str(MOST), MOST),
    )
    def numbers(self, text: str, value: int) -> None:
        self.assertEqual(integer(text), value)

    @rows(
        *(
            (f"{text!r} is no number", text)
            for text in ("", "-1", "+1", " 1", "1 ", "1_0", "0x1", "1e3", "1.0", "\u0663", "\xb2")
        ),
        *((f"{text!r} is no number of 63 bits", text) for text in (str(MOST + 1), "9" * 20, "9" * 5000)),
        ("an array subscript is no number", "PORT[$(id>file)]"),
        ("a number with a line end is no number", "1\n"),
    )
    def no_numbers(self, text: str) -> None:
        with self.assertRaises(ValueError) as error:
            integer(text)
        self.assertRegex(str(error.exception), "^[ -~]{1,100}$")

    def test_a_number_has_bounds(self) -> None:
        self.assertEqual((integer("1", 1, 5), integer("5", 1, 5)), (1, 5))
        for text in ("0", "6"):
            with self.assertRaises(ValueError):
                integer(text, 1, 5)

    @rows(
        *(
            (f"{text} is an address", text)
            for text in ("10.0.0.1", "::1", "2001:db8::1", "::ffff:10.0.0.1", "redis-a.internal", "redis_a", "a" * 253)
        ),
    )
    def hosts(self, text: str) -> None:
        self.assertEqual(host(text), text)

    @rows(
        *(
            (f"{text!r} is no address", text)
            for text in (
                "",
                "-a",
                ".a",
                "a b",
                "a;id",
                "$(id)",
                "a/b",
                "a\n",
                "caf\xe9",
                "[::1]",
                "fe80::1%eth0",
                "a" * 254,
            )
        ),
    )
    def no_hosts(self, text: str) -> None:
        with self.assertRaises(ValueError):
            host(text)

    def test_an_ip_is_distinguished_from_a_name(self) -> None:
        self.assertEqual(
            [is_ip(text) for text in ("10.0.0.1", "::1", "10.0.0", "a", "", "1\0")],
            [True, True, False, False, False, False],
        )

    @rows(
        ("an address is split at its last colon", "fd00::1:6379", ("fd00::1", 6379)),
        ("a name is split from its port", "redis-a:1", ("redis-a", 1)),
    )
    def places(self, text: str, parts: tuple[str, int]) -> None:
        self.assertEqual(split(text), parts)

    @rows(
        *(
            (f"{text!r} is no address with a port", text)
            for text in ("", ":", "a", "a:", ":1", "a:0", "a:65536", "a:b", "a:-1")
        )
    )
    def no_places(self, text: str) -> None:
        with self.assertRaises(ValueError):
            split(text)

    def test_an_id_is_40_lower_case_hex_digits(self) -> None:
        self.assertEqual(node_id("0f" * 20), "0f" * 20)
        for text in ("", "-", "0f" * 19, "0F" * 20, "0g" * 20, "0f" * 20 + "\n"):
            with self.assertRaises(ValueError):
                node_id(text)

    def test_a_plain_text_is_printable_ascii_and_bounded(self) -> None:
        self.assertEqual(plain("a\x1b[2J\r\n\xe9\u2028b"), "a?[2J????b")
        self.assertEqual((len(plain("x" * 999)), plain(5), plain("abc", 2)), (200, "5", "ab"))
