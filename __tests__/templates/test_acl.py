from __future__ import annotations

from hashlib import sha256

from suite import Case, rows

import acl
from resp import encode
from secret import Secret

FILE = Secret(b"# people\nuser default off\n\nuser replica on >needle ~* &* +@all\r\nuser app on #aa (~x:* +get)\n")


class CheckTest(Case):
    def test_a_file_with_the_agents_user_and_a_closed_default_is_accepted(self) -> None:
        acl.check(FILE, "replica")

    @rows(
        ("a file without the agents user", b"user default off\n", "the ACL file has no user replica"),
        ("an empty file", b"# nothing\n", "the ACL file has no user replica"),
        ("another word than user", b"user default off\npassword needle\n", "the ACL file is malformed in line 2"),
        ("a user without a name", b"user\n", "the ACL file is malformed in line 1"),
        ("a password without its sign", b"user replica on needle\n", "the ACL file is malformed in line 1"),
        ("a password to remove", b"user replica on <needle\n", "the ACL file is malformed in line 1"),
        (
            "a user twice",
            b"user default off\nuser replica on >needle\nuser replica on\n",
            "the ACL file has the user replica a second time in line 3",
        ),
        ("an agents user that is off", b"user replica on >needle off\n", "the user replica of the ACL file is not on"),
        ("an agents user that is never on", b"user replica >needle\n", "the user replica of the ACL file is not on"),
    )
    def is_rejected(self, text: bytes, reason: str) -> None:
        with self.assertRaises(ValueError) as caught:
            acl.check(Secret(text), "replica")
        self.assertEqual(str(caught.exception), reason)

    @rows(
        ("default is missing, and so has all rights", b"", True),
        ("default has all rights without a password", b"user default on nopass ~* +@all\n", True),
        ("default has all commands without a password", b"user default allcommands nopass on\n", True),
        ("default has few rights without a password", b"user default on nopass -@all +ping\n", False),
        ("default has all rights with a password", b"user default on >a ~* +@all\n", False),
        ("default is off", b"user default off nopass +@all\n", False),
        ("default ends as off", b"user default on nopass +@all off\n", False),
        ("default has all rights in capital letters", b"user default ON NOPASS ALLCOMMANDS\n", True),
    )
    def lets_every_client_in_if(self, line: bytes, is_open: bool) -> None:
        text = Secret(b"user replica on >a +@all\n" + line)
        if not is_open:
            acl.check(text, "replica")
            return
        with self.assertRaisesRegex(ValueError, "^the ACL file lets every client in"):
            acl.check(text, "replica")

    def test_every_kind_of_rule_is_known(self) -> None:
        acl.check(
            Secret(
                b"user default reset off\nuser replica on >a#b #0a !0a nopass resetpass ~a %R~b allkeys resetkeys &c "
                b"allchannels resetchannels +get -@all +config|get allcommands nocommands (~x +set) clearselectors "
                b"sanitize-payload skip-sanitize-payload\n"
            ),
            "replica",
        )


class RewrittenTest(Case):
    def test_the_agents_user_has_its_password_as_well(self) -> None:
        text = acl.rewritten(Secret(b"user default off\nuser replica on >old +@all\n"), "replica", Secret(b"new"))
        digest = sha256(b"new").hexdigest()
        self.assertEqual(text.reveal().decode(), f"user default off\nuser replica on >old +@all #{digest}\n")

    def test_what_redis_rejects_in_its_file_is_left_out(self) -> None:
        text = acl.rewritten(Secret(b"# people\n\n user  app\ton >a\r\n"), "replica", Secret(b"new"))
        self.assertEqual(text.reveal(), b"user app on >a\n")


class CommandsTest(Case):
    def test_each_user_is_set_at_once_and_those_that_are_not_in_the_file_are_removed(self) -> None:
        commands = acl.commands(FILE, "replica", [Secret(b"old")], ["default", "replica", "gone"])
        self.assertEqual(
            [" ".join(map(str, command[:4])) for command in commands],
            [
                "ACL SETUSER default reset",
                "ACL SETUSER replica reset",
                "ACL SETUSER app reset",
                "ACL DELUSER gone",
            ],
        )
        self.assertIn(b"$7\r\n>needle\r\n", encode(commands[1]))

    def test_only_the_agents_user_gets_further_passwords_and_they_are_sent_as_digests(self) -> None:
        commands = acl.commands(FILE, "replica", [Secret(b"old")], [])
        digest = f"#{sha256(b'old').hexdigest()}"
        self.assertEqual([digest in command for command in commands], [False, True, False])

    def test_default_is_never_removed(self) -> None:
        commands = acl.commands(Secret(b"user replica on\n"), "replica", [], ["default"])
        self.assertEqual(len(commands), 1)

    def test_a_command_does_not_show_the_rules(self) -> None:
        self.assertNotIn("needle", str(acl.commands(FILE, "replica", [], [])))
