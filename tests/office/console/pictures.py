"""Draws docs/bilder: the pages of the console on scenarios/goteborg-2027, in a browser. Run by `make pictures`.

In English, in docs/bilder/en, there is the one that README shows.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from arshjul.office.console.app import ConsoleServer
from arshjul.office.console.sessions import invite
from arshjul.office.contacts.contacts import Invitation
from arshjul.office.contacts.contacts import invite as invite_contacts
from arshjul.office.draft.import_year import import_year
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Words
from tests.office.console.conftest import AtOnce, reachable_by_mail
from tests.office.console.small_png import smaller
from tests.office.console.test_browser import in_english
from tests.serving import listening
from tests.year.render.test_browser import CHROMIUM, QUIET

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "bilder"
MADE, SEEN = "2026-12-01T09:00", "2027-03-08T07:10"
CALLED = ("miljo", "raddningstjansten", "lpo-city")
"""The parties without a mail address."""

CAUSES = {"sv": "en skjutning", "en": "a shooting"}
IN_README = "i-dag-avbokning"
WIDTH = 1180
SLOW_MS = 180_000
"""What is asked of the whole year takes its time."""


def main() -> None:
    """Makes the year, walks through a withdrawal in each language, and draws each page on the way."""
    with TemporaryDirectory() as folder:
        empty, year = Path(folder) / "empty.db", ROOT / "scenarios" / "goteborg-2027"
        import_year(
            year, partial(make_store, str(empty)), "samordnaren", datetime.now(UTC), lambda _: None, rehearsal=True
        )
        reachable_by_mail(open_store(str(empty)), dict.fromkeys(CALLED, ""))
        for language, pictures in (("sv", PICTURES), ("en", PICTURES / "en")):
            db = Path(folder) / f"{language}.db"
            shutil.copy(empty, db)
            with _walk(db, pictures, language) as (walk, link):
                walk.through(link)
                parties_take_part(open_store(str(db)))
                walk.draw("kontakter", "/contacts", at="table")


def parties_take_part(store: Store) -> None:
    """Invites contacts of parties."""
    wanted = [
        Invitation("lpo-city", "Yttre befäl", ["report", "answer"]),
        Invitation("skatteverket", "Samordnare kontroll", ["offer", "answer", "nominate"], "kontroll@example.se"),
        Invitation("miljo", "Enhetschef tillsyn", ["offer", "report", "answer", "nominate"], "tillsyn@example.se"),
    ]
    invite_contacts(store, wanted, "samordnaren", datetime.now(UTC))


@contextmanager
def _walk(db: Path, pictures: Path, language: str) -> Iterator[tuple["Walk", str]]:
    """A browser in that language, over a console, and a link that lets in."""
    with _served(open_store(str(db))) as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, env=_in(language))
        page = browser.new_context(
            viewport={"width": WIDTH, "height": 760}, locale={"sv": "sv-SE", "en": "en-GB"}[language]
        ).new_page()
        page.set_default_timeout(SLOW_MS)
        yield Walk(page, address, pictures, words(language)), link


def _in(language: str) -> dict[str, str | float | bool]:
    """The environment of a browser that writes dates as the language does; Debian has that in chromium-l10n."""
    return {**os.environ, "LANGUAGE": {"sv": "sv_SE", "en": "en_GB"}[language]}


@contextmanager
def _served(store: Store) -> Iterator[tuple[str, str]]:
    """The console on a port: its address, and a link that lets in."""
    with listening(ConsoleServer(store, AtOnce("", 60)).application()) as address:
        yield address, f"{address}/in/{invite(store, 'samordnaren', 'coordinator', datetime.now(UTC))}"


@dataclass(frozen=True, slots=True)
class Walk:
    """From signing in to the log, in one language."""

    page: Page
    address: str
    pictures: Path
    say: Words

    def draw(self, name: str, path: str | None = None, *, whole: bool = False, at: str = "") -> None:
        if path is not None:
            self.page.goto(self.address + path)
        if self.say.language == "en" and name != IN_README:
            return
        if at:
            self.page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'center'})")
        (self.pictures / f"{name}.png").write_bytes(smaller(self.page.screenshot(full_page=whole)))

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=self.say(button)).first.click()

    def set_clock(self, moment: str) -> None:
        self.page.goto(f"{self.address}/")
        self.page.locator("#moment").fill(moment)
        self.press("Set")

    def sign_in(self, link: str) -> None:
        self.page.goto(link)
        self.page.get_by_role("button", name=words("sv")("Sign in")).click()
        if self.say.language != "sv":
            in_english(self.page)

    def through(self, link: str) -> None:
        page, say = self.page, self.say
        self.sign_in(link)
        self.set_clock(MADE)
        self.press("Work out the first plan")
        page.wait_for_url("**/options/*")
        self.draw("forsta-planen")
        self.press("Choose")
        page.locator("input[name=mail]").uncheck()
        self.press("Publish")
        page.goto(f"{self.address}/outbox")
        page.locator("form:has(input[name=message]) > button.quiet").first.click()  # all who are called are told
        self.set_clock(SEEN)
        self.draw("i-dag")
        self.draw("insats", "/operations/OP-100", whole=True)
        self.draw("rapport", "/report")
        page.goto(f"{self.address}/withdrawals/new")
        page.get_by_label(say("Unit")).select_option(label="LPO City")
        page.get_by_label(say("From"), exact=True).fill("2027-03-08")
        page.get_by_label(say("To"), exact=True).fill("2027-03-28")
        page.get_by_label(say("Cause")).fill(CAUSES[say.language])
        self.press("Work out the options")
        page.wait_for_url("**/options/*")
        self.draw("alternativ", whole=True)
        options = page.url
        self.draw(IN_README, "/")
        page.goto(options)
        self.press("Choose")
        self.draw("publicera")


if __name__ == "__main__":
    main()
