"""Commands that are called wrongly, and pages of help: in the language of whoever sits there, with exit code 2 or 0."""

import re
from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, done

# What the library under the commands would say itself.
LIBRARY = re.compile(
    r"Usage|Error|Missing|Invalid|No such|Did you mean|Try|Options|Arguments|Commands\b|Show this|\[required|default:"
    r"|env var|Install completion|requires|extra arg|Input should"
)
MISTAKES = [
    (("slove",), 'Kommandot "slove" finns inte. Kanske `solve`'),
    (("qqq",), 'Kommandot "qqq" finns inte.'),
    (("plan",), "'SCENARIO' saknas."),
    (("replan", "x"), "'--as-of' saknas."),
    (("plan", "x", "-o"), 'Flaggan "-o" behöver ett värde.'),
    (("plan", "x", "-o", "y", "--seed", "abc"), "'--seed': \"abc\" är inget heltal."),
    (("plan", "x", "-o", "y", "--seed", "1.5"), "'--seed': \"1.5\" är inget heltal."),
    (("plan", "x", "-o", "y", "--time-limit", "lång"), "'--time-limit': \"lång\" är inget tal."),
    (("plan", "x", "-o", "y", "--time-limit", "0"), "'--time-limit': \"0\" är för litet: minst 0.1."),
    (("serve", "--port", "70000"), "'--port': \"70000\" är för stort: högst 65535."),
    (("schema", "x"), "'DOCUMENT': \"x\" är inget av scenario, entries, objects, sheet."),
    (("verify", "a", "b"), 'För många argument: "b".'),
    (("verify", "a", "--jsn"), 'Flaggan "--jsn" finns inte. Kanske `--json`?'),
    (("verify", "a", "--qqq"), 'Flaggan "--qqq" finns inte.'),
    (("verify", "a", "--json=1"), 'Flaggan "--json" tar inget värde.'),
    (("--qqq",), 'Flaggan "--qqq" finns inte.'),
    (("unsubscribe", "9" * 23), f"'ID': \"{'9' * 23}\" är för stort: högst 2147483647."),
    (("subscribe", "--rotate", "9" * 23), f"'--rotate': \"{'9' * 23}\" är för stort: högst 2147483647."),
    (("publish", "x", "--reason", "x" * 1001), "'--reason': högst 1000 tecken."),
    (("subscribe", "x", "--label", "x" * 1001), "'--label': högst 1000 tecken."),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES, ids=[" ".join(words)[:40] for words, _ in MISTAKES])
def test_a_wrong_call_is_told_in_swedish(words: tuple[str, ...], says: str) -> None:
    seen = arshjul(*words)
    assert (seen.code, seen.out) == (2, ""), seen
    assert f"Fel: {says}" in seen.err, seen
    assert not LIBRARY.search(seen.err), seen


def test_a_wrong_call_is_told_in_english_where_that_is_asked_for() -> None:
    seen = arshjul("plan", "x", "-o", "y", "--seed", "-1", env={"ARSHJUL_LANGUAGE": "en"})
    assert seen.code == 2
    assert "Usage: " in seen.err
    assert "--help` tells more." in seen.err
    assert "Error: '--seed': \"-1\" is too small: at least 0." in seen.err


@pytest.mark.parametrize(("typed", "offered"), [("arshjul ", ["plan", "serve"]), ("arshjul pl", ["plan"])])
def test_a_shell_is_offered_commands(typed: str, offered: list[str]) -> None:
    asked = {"_ARSHJUL_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "1"}
    seen = arshjul(env=asked)
    assert (seen.code, seen.err) == (0, "")
    assert set(offered) <= set(seen.out.split()), seen.out


def test_what_would_steer_a_terminal_is_not_repeated() -> None:
    seen = arshjul("\x1b[2Jplan\n")
    assert seen.code == 2
    assert "\x1b" not in seen.said


@pytest.mark.parametrize("words", [("--help",), ("plan", "--help"), ("subscribe", "-h"), ("restore", "--help")])
def test_help_is_in_one_language(words: tuple[str, ...]) -> None:
    page = done(*words).out
    assert page.startswith("Användning: ")
    assert not LIBRARY.search(page), page
    english = done(*words, env={"ARSHJUL_LANGUAGE": "en"}).out
    assert english.startswith("Usage: ")
    assert "Options:\n" in english
    assert "Show this page." in english


def test_without_a_command_three_to_begin_with_are_shown() -> None:
    seen = arshjul()
    assert seen.code == 2
    assert len(re.findall(r"^  arshjul \w+", seen.said, re.M)) == 3
    assert "arshjul --help" in seen.said


def test_a_mistake_comes_before_anything_is_done(tmp_path: Path) -> None:
    assert arshjul("plan", "x", "-o", tmp_path / "y", "--seed", "abc").code == 2
    assert not (tmp_path / "y").exists()


def test_no_command_leaves_a_core_behind() -> None:
    at_the_end = "import atexit, resource; atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE))); "
    assert arshjul("--version", prelude=at_the_end, anew=True).out.splitlines()[-1] == "(0, 0)"
