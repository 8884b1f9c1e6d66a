"""The Swedish catalogue: whole, compiled, and with the same values in every sentence."""

import re
import string
from functools import cache
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from arshjul.errors import Message
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Month, counted
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


def test_nothing_is_translated_that_is_no_longer_said(swedish: Catalog) -> None:
    said = {template.text for template in templates()} | of_pages()
    assert not [message.id for message in swedish if message.id and forms(message)[0][0] not in said]


def test_no_translation_is_missing_or_a_guess(swedish: Catalog) -> None:
    assert not swedish.fuzzy, "the head is a guess: nothing would be compiled"
    for message in swedish:
        if message.id:
            assert all(said for _, said in forms(message)), message.id
            assert not message.fuzzy, message.id


def test_a_translation_has_the_values_of_its_template(swedish: Catalog) -> None:
    for message in swedish:
        if message.id:
            for text, said in forms(message):
                # the form for one may write the number out, or not
                assert fields(said) - {"n"} == fields(text) - {"n"}, message.id
            many, said_of_many = forms(message)[-1]
            assert fields(said_of_many) == fields(many), message.id


def test_a_translation_is_not_the_english(swedish: Catalog) -> None:
    same = [text for message in swedish if message.id for text, said in forms(message) if text == said]
    assert not [text for text in same if not SAME.fullmatch(text)]


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


def test_words_say_a_message_in_their_language() -> None:
    message = Message("{first} and {last}", {"first": "a", "last": "b"})
    assert words("sv").say(message) == "a och b"
    assert words("en").say(message) == "a and b"


def test_a_count_takes_the_form_of_its_number() -> None:
    said = [words("sv").say(counted(n, "One operation is placed.", "{n} operations are placed.")) for n in (0, 1, 2)]
    assert said == ["0 insatser är placerade.", "En insats är placerad.", "2 insatser är placerade."]


def test_months_and_decimals_are_said_in_the_language() -> None:
    message = Message("{said} ({seconds} s)", {"said": Month.of("2027-03"), "seconds": 1.25})
    assert words("sv").say(message) == "mars 2027 (1,2 s)"
    assert words("en").say(message) == "March 2027 (1.2 s)"


def test_an_unknown_language_has_no_words() -> None:
    with pytest.raises(FileNotFoundError):
        words("fi")
