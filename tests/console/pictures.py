"""Draws docs/bilder: the pages of the console on scenarios/goteborg-2027, in a browser. Run by `make pictures`.

In English they lie in docs/bilder/en.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from playwright.sync_api import Page, sync_playwright

from arshjul.actions.contacts.carry import carry, make_portal
from arshjul.actions.contacts.contacts import Invitation
from arshjul.actions.contacts.contacts import invite as invite_contacts
from arshjul.actions.contacts.learning import add_learnt, judged_learnt
from arshjul.actions.draft.clock import set_clock
from arshjul.actions.draft.draft import Draft, keep, opened_draft
from arshjul.actions.draft.import_year import import_year
from arshjul.actions.draft.options import begin, choose, work_out
from arshjul.actions.draft.what_if import work_out_any
from arshjul.console.app import ConsoleServer, application
from arshjul.console.runner import Runner
from arshjul.console.sessions import invite
from arshjul.domain.entries.learnt import AGENDA_POINTS, CARDS, MEETING_ACTIONS, MINUTES
from arshjul.formats.catalogues import words
from arshjul.formats.reading.objects import read_objects
from arshjul.store.portal import inbox
from arshjul.store.portal.inbox import InboxRow
from arshjul.store.store import Store, make_store, open_store
from arshjul.texts import Words
from tests.console.conftest import reachable_by_mail
from tests.console.small_png import smaller
from tests.console.test_browser import in_english
from tests.living import moments
from tests.render.test_browser import CHROMIUM, QUIET
from tests.serving import listening

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "bilder"
MADE, SEEN = "2026-12-01T09:00", "2027-03-08T07:10"
CALLED = ("miljo", "raddningstjansten", "lpo-city")
"""The parties without a mail address."""

WIDTH = 1180
SLOW_MS = 180_000
"""What is asked of the whole year takes its time."""


class AtOnce(Runner):
    """Works a job out where it is started."""

    def start(self, store: Store, number: int) -> None:
        work_out_any(store, number, lambda _: None)


def main() -> None:
    """Makes the year, walks through a withdrawal in each language, and draws each page on the way."""
    with TemporaryDirectory() as folder:
        empty, year = Path(folder) / "empty.db", ROOT / "scenarios" / "goteborg-2027"
        import_year(
            year, partial(make_store, str(empty)), "samordnaren", datetime.now(UTC), lambda _: None, rehearsal=True
        )
        reachable_by_mail(open_store(str(empty)), dict.fromkeys(CALLED, ""))
        for language, pictures in (("sv", PICTURES), ("en", PICTURES / "en")):
            pictures.mkdir(exist_ok=True)
            db = Path(folder) / f"{language}.db"
            shutil.copy(empty, db)
            with _walk(db, pictures, language) as (walk, link):
                walk.through(link)
                parties_take_part(open_store(str(db)), Path(folder) / f"portal-{language}.db")
                told_so_far(open_store(str(db)))
                walk.draw("kort", "/cards")
                walk.draw("moten", "/meetings")
                walk.draw("mote", "/meetings/local-picture/2027-01-20", whole=True)
                walk.draw("kontakter", "/contacts", at="table")
                walk.draw("nomineringar", "/nominations")
        frames = Path(folder) / "frames.db"
        bound_year(frames)
        for language, pictures in (("sv", PICTURES), ("en", PICTURES / "en")):
            with _walk(frames, pictures, language) as (walk, link):
                walk.sign_in(link)
                walk.draw("objekt", "/objects")


def told_so_far(store: Store) -> None:
    """Enters what the parties have told each other until then: the lived year's cards and meetings."""
    now = datetime.now(UTC)
    for moment in moments():
        said = yaml.safe_load(moment.entries.read_text()) if moment.as_of < datetime.fromisoformat(SEEN) else {}
        for name in (CARDS, AGENDA_POINTS, MINUTES, MEETING_ACTIONS):
            for item in said.get(name, ()):
                with store.writing() as db:
                    draft = opened_draft(db)
                    written = json.loads(json.dumps({**item, "reported": moment.as_of}, default=_written))
                    add_learnt(db, name, judged_learnt(draft, name, written, now, is_sure=True), "samordnaren", now)


def _written(one: date) -> str:
    return one.isoformat()[:16]


def bound_year(db: Path) -> None:
    """Makes a year of frames, in which objects are bound and others wait."""
    year = ROOT / "scenarios" / "goteborg-2027-frames"
    import_year(year, partial(make_store, str(db)), "samordnaren", datetime.now(UTC), lambda _: None, rehearsal=True)
    store = open_store(str(db))
    every = list(read_objects(year, _draft(store).scenario).objects.values())
    for moment, option, n in ((MADE, "first", 120), ("2027-02-01T09:00", "filled", 140)):
        _set_clock(store, moment)
        now, seen = datetime.now(UTC), _draft(store).stamp
        number, _ = begin(store, "samordnaren", now, seen)
        work_out(store, number, lambda _: None)
        choose(store, number, option, "samordnaren", now, _draft(store).stamp, words("sv"))
        with store.writing() as writing:
            draft = opened_draft(writing)
            objects = {**draft.scenario.objects, **{one.id: one for one in every[:n]}}
            keep(writing, draft, draft.edited(replace(draft.scenario, objects=objects)), words("sv"), now)
    _set_clock(store, SEEN)


def parties_take_part(store: Store, portal_db: Path) -> None:
    """Invites contacts of parties, one of which has nominated an operation and an object."""
    portal, now = make_portal(str(portal_db)), datetime.now(UTC)
    wanted = [
        Invitation("lpo-city", "Yttre befäl", ["report", "answer"]),
        Invitation("skatteverket", "Samordnare kontroll", ["offer", "answer", "nominate"], "kontroll@example.se"),
        Invitation("miljo", "Enhetschef tillsyn", ["offer", "report", "answer", "nominate"], "tillsyn@example.se"),
    ]
    *_, made = invite_contacts(store, wanted, "samordnaren", now)
    one = made.contact
    known = next(iter(_draft(store).scenario.operations.values()))
    place = {"sector": known.sector, "area": known.area}
    bodies = {
        "operation": {
            **place, "purpose": "Svart arbete och hygien i kök", "teams": 2, "agencies": ["skatteverket"],
            "why": "Tips om svarta löner", "officers": 4, "window": {"from": "2027-05-03", "to": "2027-06-18"},
            "interest": 3,
        },
        "object": {**place, "wanted": "Kök, kassaregister och ventilation", "reference": "Tillsyn 2027-114"},
    }  # fmt: skip
    with portal.writing() as db:
        for number, (kind, body) in enumerate(bodies.items()):
            key = f"{number:064}"
            row = InboxRow(
                f"{number}e41c07d".ljust(32, "0"), one.id, key, one.party, kind, json.dumps(body), "", "", now
            )
            inbox.add(db, row, "session")
    for _ in range(2):  # the first turn of a new portal makes itself known
        carry(store, portal, now)


def _set_clock(store: Store, moment: str) -> None:
    set_clock(store, datetime.fromisoformat(moment), "samordnaren", datetime.now(UTC), _draft(store).stamp, words("sv"))


def _draft(store: Store) -> Draft:
    with store.reading() as db:
        return opened_draft(db)


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
    with listening(application(ConsoleServer(store, AtOnce("", 60)))) as address:
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
        self.draw("logga-in")
        self.page.get_by_role("button", name=words("sv")("Sign in")).click()
        if self.say.language != "sv":
            in_english(self.page)

    def ask(self) -> None:
        """What a rule a step looser would give."""
        page = self.page
        page.goto(f"{self.address}/what-if")
        page.locator("#what").select_option("rule sector_spacing_days")
        self.press("Work it out")
        page.wait_for_url("**/what-if/*")
        self.draw("vad-skulle-det-ge")

    def through(self, link: str) -> None:
        page, say = self.page, self.say
        self.sign_in(link)
        self.set_clock(MADE)
        self.press("Work out the first plan")
        page.wait_for_url("**/options/*")
        self.draw("forsta-planen")
        self.press("Choose")
        self.draw("forsta-publiceringen")
        page.locator("input[name=mail]").uncheck()
        self.press("Publish")
        page.goto(f"{self.address}/outbox")
        self.press("All of them are told")
        self.set_clock(SEEN)
        self.draw("i-dag")
        section = page.locator("section[aria-labelledby=to-do]")
        (self.pictures / "milstolpar.png").write_bytes(smaller(section.screenshot()))
        self.draw("aret", "/year")
        self.draw("veckan", "/weeks/2027-W19")
        self.draw("undvik", "/weeks/2027-W17")
        self.draw("insatser", "/operations?q=krog")
        self.draw("insats", "/operations/OP-100", whole=True)
        self.draw("nominera", "/nominations/new")
        page.locator("main details > summary").first.click()
        self.draw("enheter", at="[name=police]")
        self.draw("avstand", at="[name=spacing_days]")
        self.draw("kalendrar", "/subscribers")
        self.draw("arbetsbok", "/import")
        self.draw("nytt-ar", "/turn")
        self.draw("rapport", "/report")
        self.ask()
        page.goto(f"{self.address}/withdrawals/new")
        page.get_by_label(say("Unit")).select_option(label="LPO City")
        page.get_by_label(say("From"), exact=True).fill("2027-03-08")
        page.get_by_label(say("To"), exact=True).fill("2027-03-28")
        page.get_by_label(say("Cause")).fill("en skjutning")
        self.draw("avbokning")
        self.press("Work out the options")
        page.wait_for_url("**/options/*")
        self.draw("alternativ", whole=True)
        options = page.url
        self.draw("i-dag-avbokning", "/")
        page.goto(options)
        self.press("Ask everybody")
        self.draw("fragorna")
        self.press("Ask everybody")
        self.draw("forslaget")
        self.press("An address to answer at")
        answers = page.locator("code", has_text="/answers/").inner_text()
        self.draw("svara", answers.removeprefix(self.address))
        self.draw("utkorgen", "/outbox")
        page.goto(f"{self.address}/proposal")
        self.press("Work out the options")
        page.wait_for_url("**/options/*")
        page.get_by_role("radio", name=say("Fewest changes")).check()
        self.press("Choose")
        self.draw("publicera")
        page.locator("input[name=sure]").check()
        self.press("Publish")
        self.draw("ringlistan")
        self.draw("avbokningar", "/withdrawals")
        self.draw("logg", "/log")


if __name__ == "__main__":
    main()
