"""No text reaches a terminal that steers it, and none is entered that would pass for another."""

import json
import subprocess
from typing import Any

import pytest

from arshjul.errors import InputError
from arshjul.serving.sql.engine import engine, place
from arshjul.year.texts.printable import fitted, json_shown, not_to_enter, shown
from tests.acceptance.command import ROOT, command_line, environment

STEERING = ["\x00", "\x1b", "\r", "\x7f", "\x85", "\x9b", "\u200f", "\u2028", "\u202e", "\u2066", "\ufeff", "\udcff"]


@pytest.mark.parametrize("character", STEERING, ids=ascii)
def test_what_steers_is_shown_and_not_obeyed(character: str) -> None:
    text = f"a{character}b å"
    assert character not in shown(text)
    assert shown(text).startswith("a\\")
    assert character not in json_shown(json.dumps(text, ensure_ascii=False))
    assert json.loads(json_shown(json.dumps(text, ensure_ascii=False))) == text
    assert not_to_enter(text) == f"U+{ord(character):04X}"


def test_lines_stay_where_they_are_shown_and_are_not_entered() -> None:
    assert shown("one\n\ttwo å") == "one\n\ttwo å"
    assert not_to_enter("one\ntwo") == "U+000A"
    assert not_to_enter("Samordnare, åäö 😀") is None


@pytest.mark.parametrize(
    ("option", "character"),
    [("--by", b"\n"), ("--by", "\u202e".encode()), ("--by", b"\xff"), ("--reason", "\x9b".encode()), ("--db", b"\xff")],
)
def test_an_option_refuses_what_would_pass_for_another_text(option: str, character: bytes) -> None:
    given = b"a" + character + b"b"
    words: list[Any] = [*command_line("publish", "none", "--reason", "x"), option, given]
    ended = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert option.encode() in ended.stderr
    assert b"U+" in ended.stderr
    assert character not in ended.stderr.replace(b"\n", b"") or character == b"\n"


PORTS = ["h:0/x", "h:99999/x", f"h:{10**30}/x", "h:-1/x", "h:abc/x", "h/x?port=abc"]


@pytest.mark.parametrize("address", PORTS)
def test_a_strange_port_is_no_address(address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError, match="names no database"):
        engine(place(f"postgresql://{address}"))


def test_lines_are_fitted_to_a_screen_between_words() -> None:
    assert fitted("en kort rad", 20) == "en kort rad"
    assert fitted("  1. flyttas till tisdag eller onsdag", 20) == "  1. flyttas till\n     tisdag eller\n     onsdag"
    assert fitted("insatser som inte fick plats\nkort", 20) == "insatser som inte\n  fick plats\nkort"
    assert fitted("Område  planerade  genomförda  avbrutna", 20) == "Område  planerade  genomförda  avbrutna"
    assert fitted(f"se {'x' * 30}", 20) == f"se\n  {'x' * 30}"
