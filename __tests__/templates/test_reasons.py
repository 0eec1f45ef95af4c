from __future__ import annotations

from reasons import Sources, of_shell
from suite import Case, rows

STATE = "def set_state(world, name, detail): ...\n"


class ReasonsTest(Case):
    @rows(
        ("the text of a state is a reason", "set_state(world, 'waiting', f'{host} is down')", "… is down"),
        ("a text in a variable is a reason", "text = 'no disk'; set_state(world, 'waiting', text)", "no disk"),
        ("each value of a condition is a reason", "set_state(world, 'waiting', 'no disk' if a else b)", "no disk"),
        ("a text that a function passes on is a reason", "later(world, 'no disk')", "no disk"),
        ("the second value of a decision is a reason", "return 'later', 'no disk'", "no disk"),
        (
            "the second value of a decision on a condition is a reason",
            "return ('a', '') if b else ('refuse', 'no disk')",
            "no disk",
        ),
        ("the text of an unknown fact is a reason", "a = Unknown(f'{b}: no answer')", "…: no answer"),
        ("the text of an error is a reason", "raise ValueError('not a disk')", "not a disk"),
        ("a text that is put together is one reason", "later(world, 'no disk' + more)", "no disk"),
    )
    def _finds(self, code: str, reason: str) -> None:
        later = "def later(world, why):\n  set_state(world, 'waiting', why)\n"
        sources = Sources([f"{STATE}{later}def step(world, host, a, b, more):\n  {code}\n"])
        self.assertEqual(sources.reasons(), {reason})

    def test_a_text_that_reaches_no_state_is_no_reason(self) -> None:
        self.assertEqual(Sources([f"{STATE}def step(world):\n  print('no disk')\n"]).reasons(), set())

    def test_a_line_of_the_journal_is_found(self) -> None:
        self.assertEqual(Sources(["def step(a):\n  log(f'the disk is {a}')\n"]).logs(), {"the disk is …"})

    def test_reasons_of_shell_have_holes_for_expansions_with_quotes(self) -> None:
        script = 'exec "$agent" refuse "no $(tail -n 1 "$work/log") for ${a##*$\'\\n\'}" || true'
        self.assertEqual(of_shell(script, r'"\$agent" (?:later|refuse)'), {"no … for …"})
