"""The Swedish catalogue: whole, compiled, and with the same values in every sentence."""

import errno
import json
import os
import re
import socket
import string
import subprocess
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from arshjul.errors import InputError, Message
from arshjul.serving.sql.engine import engine, place
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Month, Words, counted
from arshjul.year.texts.printable import fitted, json_shown, not_to_enter, shown
from arshjul.year.texts.system import why
from tests.acceptance.command import ROOT, command_line, environment
from tests.builders import swedish as swedish_words
from tests.year.texts.templates import SOURCE, templates, unwritten

PO = SOURCE / "year" / "texts" / "locale" / "sv" / "LC_MESSAGES" / "arshjul.po"
# Only signs and values, or a word that both languages share.
SAME = re.compile(r"(\{\w+\}|[\s,.:;%()–-]|\b(s|id|Id|Ref|Start|Status|Plan|Version|Match|Demonstration)\b)*")
# Where a message is made of one that is written out elsewhere.
PASSED_ON = {
    "year/formats/validation.py: text.template",
    "year/texts/__init__.py: one",
    "year/texts/__init__.py: template",
}


@pytest.fixture(scope="module")
def swedish() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="sv")


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def forms(message: Entry) -> list[tuple[str, str]]:
    """The English and the Swedish of an entry; of a count, for one and for many."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string or ""))]
    strings = message.string if isinstance(message.string, (tuple, list)) else ()
    return list(zip(message.id, (said or "" for said in strings), strict=True))


def test_every_text_of_the_source_is_put_into_swedish() -> None:
    catalogue = words("sv").catalogue
    assert isinstance(catalogue, GNUTranslations)
    known = sentences(catalogue)
    missing = [f"{t.place} {t.text}" for t in templates() if (t.text if t.plural is None else (t.text, 0)) not in known]
    assert not missing


@cache
def of_pages() -> set[str]:
    """Every text of the templates of pages."""
    said = extract_from_dir(SOURCE, [("**.html", "jinja2")])
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in said}


def test_every_text_of_the_pages_is_put_into_swedish(swedish: Catalog) -> None:
    texts = of_pages()
    assert texts
    assert not [text for text in texts if not (message := swedish.get(text)) or not message.string]


def test_messages_are_written_out_where_they_are_said() -> None:
    assert set(unwritten()) <= PASSED_ON


def test_every_translation_is_there_with_the_values_of_its_template_and_is_not_the_english(swedish: Catalog) -> None:
    assert not swedish.fuzzy, "the head is a guess: nothing would be compiled"
    for message in swedish:
        if message.id:
            assert all(said for _, said in forms(message)), message.id
            assert not message.fuzzy, message.id
    for message in swedish:
        if message.id:
            for text, said in forms(message):
                # the form for one may write the number out, or not
                assert fields(said) - {"n"} == fields(text) - {"n"}, message.id
            many, said_of_many = forms(message)[-1]
            assert fields(said_of_many) == fields(many), message.id
    same = [text for message in swedish if message.id for text, said in forms(message) if text == said]
    assert not [text for text in same if not SAME.fullmatch(text)]
    source = {template.text for template in templates()} | of_pages()
    assert not [message.id for message in swedish if message.id and forms(message)[0][0] not in source]


def test_the_compiled_catalogue_is_the_written_one(swedish: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, swedish)
    compiled.seek(0)
    with PO.with_suffix(".mo").open("rb") as file:
        assert sentences(GNUTranslations(file)) == sentences(GNUTranslations(compiled)), "run `make texts`"


def sentences(catalogue: GNUTranslations) -> dict[object, str]:
    """All of a catalogue but its head, which tells when it was made."""
    known: dict[object, str] = catalogue._catalog  # type: ignore[attr-defined]
    return {text: said for text, said in known.items() if text}


def test_words_say_messages_counts_months_and_numbers_in_their_language() -> None:
    message = Message("{first} and {last}", {"first": "a", "last": "b"})
    assert words("sv").say(message) == "a och b"
    assert words("en").say(message) == "a and b"
    said = [words("sv").say(counted(n, "One operation is placed.", "{n} operations are placed.")) for n in (0, 1, 2)]
    assert said == ["0 insatser är placerade.", "En insats är placerad.", "2 insatser är placerade."]
    message = Message("{said} ({seconds} s)", {"said": Month.of("2027-03"), "seconds": 1.25})
    assert words("sv").say(message) == "mars 2027 (1,2 s)"
    assert words("en").say(message) == "March 2027 (1.2 s)"
    with pytest.raises(FileNotFoundError):
        words("fi")
    assert [Words(language).number(1432) for language in ("sv", "en")] == ["1\N{NO-BREAK SPACE}432", "1,432"]


# What the system would not do, told without a word of the system's own.


def test_what_the_system_would_not_do_is_told_without_a_word_of_its_own() -> None:
    for number in [errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.ENOSPC, errno.EIO]:
        error = OSError(number, os.strerror(number))
        said = {words(language).say(why(error)) for language in ("sv", "en")}
        assert len(said) == 2
        assert os.strerror(number) not in said
        assert not any("E" in text for text in said)
    assert words("sv").say(why(OSError(errno.EMLINK, "Too many links"))) == "systemets fel EMLINK"
    assert words("sv").say(why(OSError("Timed out trying to connect"))) == "systemets fel OSError"
    for error in (socket.gaierror(-2, "Name or service not known"), OSError(-2, "Name or service not known")):
        assert words("sv").say(why(error)) == "ingen dator har det namnet"
    assert words("sv").say(why(TimeoutError("Timed out"))) == "inget svar kom i tid"


# Words that a coordinator stumbled over stay out of the Swedish texts.


STUMBLED_OVER = (
    "drabba", "frivillig myndighet", "frivilliga myndigheter", "närmast till hands", "polispass, av", "kostar året",
    "kostar ingenting i sig", "lägst antal först", "0 dagars varsel",
    # docs/concepts.md has one word for each thing: avbokning, oplacerad, låst, titel.
    "återtagna poliser", "poliserna dras tillbaka", "bli utan plats", "någon utan plats", "stå över", "fast placering",
    "fasta placering", "fäst vid", "insats rubrik", "gjort placeringen fast", "tas ofta tillbaka", "annan rubrik",
    "fästs",
)  # fmt: skip


@pytest.mark.parametrize("words", STUMBLED_OVER)
def test_no_text_holds_words_that_were_not_understood(words: str) -> None:
    texts = swedish_words().catalogue._catalog.values()  # type: ignore[attr-defined]
    assert [text for text in texts if words in str(text).casefold()] == []


# No text reaches a terminal that steers it, and none is entered that would pass for another.


STEERING = ["\x00", "\x1b", "\r", "\x7f", "\x85", "\x9b", "\u200f", "\u2028", "\u202e", "\u2066", "\ufeff", "\udcff"]


def test_what_steers_is_shown_and_not_obeyed_nor_entered() -> None:
    for character in STEERING:
        text = f"a{character}b å"
        assert character not in shown(text)
        assert shown(text).startswith("a\\")
        assert character not in json_shown(json.dumps(text, ensure_ascii=False))
        assert json.loads(json_shown(json.dumps(text, ensure_ascii=False))) == text
        assert not_to_enter(text) == f"U+{ord(character):04X}"
    assert shown("one\n\ttwo å") == "one\n\ttwo å"
    assert not_to_enter("one\ntwo") == "U+000A"
    assert not_to_enter("Samordnare, åäö 😀") is None


@pytest.mark.parametrize(
    ("option", "character"),
    [("--by", b"\n"), ("--by", "\u202e".encode()), ("--reason", "\x9b".encode()), ("--db", b"\xff")],
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
