"""Anything, sent by any party, in any order, carried or not: no fault of ours, nothing of another, nothing lost.

A machine that draws what is done next, over all pages of the portal's table and whatever forms they hold: contacts come
in, several in one browser too; they fill forms in, press twice, go back, send another's token or contact; the
coordinator revokes, narrows, locks and enters meanwhile, and turns are carried. At the end every entry that somebody
has a receipt of is in the year once, or its refusal is told.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select

from arshjul.errors import ArshjulError
from arshjul.office.contacts import contacts
from arshjul.office.contacts.reports import enter_reports
from arshjul.office.database.doctor import damage
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import audit, party_entries
from arshjul.office.store.events import Mended
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.pages import PAGES
from arshjul.portal.store import inbox, views
from arshjul.portal.store import tables as portal_tables
from arshjul.serving.guards import OF_SECRETS
from tests import years
from tests.examples import examples
from tests.office.console.browser import Browser, Page
from tests.office.console.forms import PageForm, forms, links
from tests.office.console.test_fuzz import KINDS, METHODS, anything, bodies, filled, headers
from tests.office.console.test_hostile import strange
from tests.portal.busy import Busy, busy

N_BROWSERS = 4
PATHS = sorted({page.path for page in PAGES} | {"/nowhere", "/static/pages.css", "//"})
WITH_FORMS = sorted(
    {page.path for page in PAGES if page.needs_session and page.method == "GET" and "{" not in page.path} - {"/"}
)
OF_A_VISIT = ("session", "code")
"""Tables of who is let in, and how often somebody tried: what is refused may change them."""

SETTLES = 60
"""The turns after which all must be carried."""


def _is_text(fields: dict[str, list[str]]) -> bool:
    """True if the form can be read at all: in one that cannot, nobody looks for a token."""
    every = "".join(map("".join, fields.values()))
    return every.encode(errors="ignore").decode() == every


class Parties(RuleBasedStateMachine):
    """Browsers of contacts, their portal, and the coordinator behind it."""

    held: Busy
    n_received = 0
    """The entries that somebody has a receipt of, in all runs."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.office = self.held.office(Path(self._folder.name))
        self.kept = Remembered()
        self.addresses = {id: path for id, _, path in self.held.contacts}
        self.parties = {id: party for id, party, _ in self.held.contacts}
        self.browsers = [self.office.stranger() for _ in range(N_BROWSERS)]
        self.let_in: list[set[str]] = [set() for _ in self.browsers]
        self.shown: dict[int, Page] = {}
        self.known: list[list[str]] = [["/"] for _ in self.browsers]
        self.sent: list[tuple[int, str, dict[str, list[str]]]] = []
        self.receipts: dict[tuple[str, str], str] = {}
        self.hindered = set[str]()
        self.own_operations = dict(self._operations())
        for n, id in enumerate([*self.parties][::2][: N_BROWSERS - 1]):
            self._come(n, id)

    def teardown(self) -> None:
        try:
            self._settled()
            self._all_is_there_once()
            assert damage(self.office.store) == []
        finally:
            self._folder.cleanup()

    @rule(n=st.integers(0, N_BROWSERS - 1), data=st.data())
    def comes_in(self, n: int, data: st.DataObject) -> None:
        self._come(n, data.draw(st.sampled_from(sorted(self.addresses))))

    def _come(self, n: int, id: str) -> None:
        self._looked(n, self.addresses[id])
        answer = self._posted(n, self.addresses[id], {})
        if answer.status == 303:
            self.let_in[n].add(id)
            self._looked(n, "/", is_shown=True)

    @rule(n=st.integers(0, N_BROWSERS - 1), data=st.data())
    def follows_a_link(self, n: int, data: st.DataObject) -> None:
        self._looked(n, data.draw(st.sampled_from(self.known[n][-40:])), is_shown=True)

    @rule(n=st.integers(0, N_BROWSERS - 1), gaps=st.sampled_from(PATHS), text=anything, data=st.data())
    def opens_a_page(self, n: int, gaps: str, text: str, data: st.DataObject) -> None:
        path = re.sub(r"\{\w+\}", lambda _: quote(text, safe="", errors="replace") or "x", gaps)
        contact = data.draw(st.sampled_from(["", *sorted(self.parties)]))
        self._looked(n, f"{path}?as={contact}" if contact else path, is_shown=True)

    @rule(n=st.integers(0, N_BROWSERS - 1), data=st.data())
    def goes_to_a_page_with_a_form_and_sends_it(self, n: int, data: st.DataObject) -> None:
        self._go_on(n, data.draw(st.sampled_from(WITH_FORMS)), data)

    @rule(n=st.integers(0, N_BROWSERS - 1), data=st.data())
    def goes_to_a_page_that_a_page_leads_to_and_sends_its_form(self, n: int, data: st.DataObject) -> None:
        self._go_on(n, data.draw(st.sampled_from(self.known[n][-40:])), data)

    def _go_on(self, n: int, address: str, data: st.DataObject) -> None:
        """To a page, and through what follows from its form; whoever is out comes in again."""
        if self.browsers[n].get("/").status == 401:
            self._come(n, data.draw(st.sampled_from(sorted(self.addresses))))
        self._looked(n, address, is_shown=True)
        for _ in range(2):
            self._fill_in(n, data)

    @rule(n=st.integers(0, N_BROWSERS - 1), action=st.sampled_from(["/out", "/language"]))
    def leaves_or_changes_the_language(self, n: int, action: str) -> None:
        page_forms = [form for form in forms(self.browsers[n].get("/").body.decode()) if form.action == action]
        for form in page_forms:
            self._posted(n, action, {**form.fields, **{name: [value] for name, value in form.buttons}})

    @rule(data=st.data())
    def presses_again(self, data: st.DataObject) -> None:
        if self.sent:
            n, action, fields = data.draw(st.sampled_from(self.sent[-6:]))
            self._posted(n, action, fields)

    @rule(n=st.integers(0, N_BROWSERS - 1), token=st.sampled_from(["", "x" * 64, "another's"]), data=st.data())
    def sends_with_a_token_that_is_none_of_its_own(self, n: int, token: str, data: st.DataObject) -> None:
        sent = [one for one in self.sent if "token" in one[2]]
        if not sent:
            return
        owner, action, fields = data.draw(st.sampled_from(sent[-6:]))
        if token == "another's":
            if owner == n or self.browsers[n].cookies == self.browsers[owner].cookies:
                return
            token = fields["token"][0]
        answer = self._posted(n, action, {**fields, "token": [token]})
        assert answer.status in ((401, 403) if _is_text(fields) else (400,)), (action, answer.text)

    @rule(data=st.data())
    def sends_for_another_contact(self, data: st.DataObject) -> None:
        sent = [one for one in self.sent if "contact" in one[2]]
        if sent:
            n, action, fields = data.draw(st.sampled_from(sent[-6:]))
            others = sorted(self.parties.keys() - self.let_in[n])
            if others:
                answer = self._posted(n, action, {**fields, "contact": [data.draw(st.sampled_from(others))]})
                assert answer.status >= 400, (action, answer.text)

    @rule(
        n=st.integers(0, N_BROWSERS - 1),
        gaps=st.sampled_from(PATHS),
        method=st.sampled_from(METHODS),
        kind=st.sampled_from(KINDS),
        body=bodies,
        more=headers,
        text=anything,
    )
    def sends_what_no_page_has(
        self, n: int, gaps: str, method: str, kind: str, body: bytes, more: dict[str, str], text: str
    ) -> None:
        path = re.sub(r"\{\w+\}", lambda _: quote(text, errors="replace") or "x", gaps)
        own = {"origin": "http://localhost:8002", "content-type": kind, **more}
        self._refused_or_done(n, lambda browser: browser.send_raw(method, path, body, own))

    @rule()
    def is_carried(self) -> None:
        self._carried()

    def _carried(self) -> bool:
        """Carries a turn; if nothing was done for so long that the clock is doubted, somebody has confirmed it."""
        store, now = self.office.store, self.office.now
        with store.writing() as db:
            if audit.jump_since(db, now) is not None:
                audit.add(db, now, "test", Mended())
        return carry(store, self.office.portal, now, self.kept).is_all_done

    @rule(minutes=st.sampled_from([1, 60, 60 * 24, 60 * 24 * 8, 60 * 24 * 31]))
    def time_passes(self, minutes: int) -> None:
        self.office.now += timedelta(minutes=minutes)

    @rule(what=st.sampled_from(["revoke", "narrow", "lock", "readdress"]), data=st.data())
    def the_coordinator_changes_a_contact(self, what: str, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.parties)))
        store, now = self.office.store, self.office.now
        changes: dict[str, Callable[[], object]] = {
            "revoke": lambda: contacts.revoke(store, id, "test", now),
            "narrow": lambda: contacts.narrow(store, id, ["report"], "test", now),
            "lock": lambda: contacts.lock(store, id, "test", now),
            "readdress": lambda: self.addresses.update({id: contacts.readdress(store, id, "test", now).path}),
        }
        try:
            changes[what]()
        except ArshjulError:  # it has ended
            return
        if what in ("revoke", "narrow"):
            self.hindered.add(id)

    @rule(data=st.data())
    def the_coordinator_enters_what_waits(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.parties)))
        with self.office.store.reading() as db:
            stamp = opened_draft(db).stamp
        try:
            enter_reports(self.office.store, id, "test", self.office.now, stamp)
        except ArshjulError:  # there is nothing of it, or it cannot be used
            return

    def _fill_in(self, n: int, data: st.DataObject) -> None:
        page = self.shown.get(n)
        every = [] if page is None else forms(page.body.decode())
        page_forms = [
            page_form
            for page_form in every
            if page_form.method == "POST" and page_form.action not in ("/out", "/language")
        ]
        if not page_forms:
            return
        form: PageForm = data.draw(st.sampled_from(page_forms))
        own = next(iter(form.fields.get("contact", [])), "")
        word = "kort" if form.action == "/card" else "ord"  # cards are public
        fields = filled(form, data, f"{word} {self.parties.get(own, 'ingen')}")
        action = data.draw(st.sampled_from([form.action, *(where for where, _ in form.elsewhere)]))
        self.sent.append((n, action, fields))
        answer = self._posted(n, action, fields)
        if answer.status in (200, 409, 422) and "html" in answer.headers.get("content-type", ""):
            self.shown[n] = answer

    def _looked(self, n: int, address: str, *, is_shown: bool = False) -> None:
        before = self._state()
        answer = self._sound(n, self.browsers[n].get(address))
        assert self._state() == before, "who looks changes nothing"
        if is_shown and answer.status == 200 and "html" in answer.headers.get("content-type", ""):
            self.shown[n] = answer
            self.known[n] += [link for link in links(answer.body.decode()) if link not in self.known[n]]

    def _posted(self, n: int, action: str, fields: dict[str, list[str]]) -> Page:
        answer = self._refused_or_done(n, lambda browser: browser.post(action, fields))
        where = answer.headers.get("location", "")
        if (match := re.match(r"/receipts/([0-9a-f]+)\?as=([0-9a-f]+)", where)) is not None:
            form = match[2], fields["key"][0]
            assert self.receipts.setdefault(form, match[1]) == match[1], "however often it is sent, it is one entry"
            self._looked(n, where, is_shown=True)
        return answer

    def _refused_or_done(self, n: int, send: Callable[[Browser], Page]) -> Page:
        before = self._state()
        answer = self._sound(n, send(self.browsers[n]))
        if answer.status >= 400:
            assert self._state() == before, "what is refused leaves nothing behind"
        return answer

    def _sound(self, n: int, answer: Page) -> Page:
        assert answer.status < 500, answer.text
        if "html" not in answer.headers.get("content-type", ""):
            return answer
        assert answer.headers.items() >= OF_SECRETS.items()
        page = answer.body.decode()
        assert not strange(page)
        assert [word for word in (*years.SITES, years.TITLE) if word in page] == []
        self._only_its_own(n, answer.text)
        return answer

    def _only_its_own(self, n: int, text: str) -> None:
        own = {self.parties[id] for id in self.let_in[n]}
        assert {*re.findall(r"ord ((?:police|agency)-\w\d)", text)} <= own
        assert {*re.findall(r"OP-\d{3}", text)} <= {id for party in own for id in self.own_operations[party]}
        assert "Intern orsak" not in text or "police-p0" in own

    def _state(self) -> int:
        """All that is kept, but who is let in."""
        tables = [table for table in portal_tables.metadata.sorted_tables if not table.name.startswith(OF_A_VISIT)]
        with self.office.portal.reading() as db:
            return hash(tuple(tuple(map(tuple, db.execute(table.select()))) for table in tables))

    def _operations(self) -> Iterator[tuple[str, set[str]]]:
        with self.office.portal.reading() as db:
            for party in {*self.parties.values()}:
                yield party, {*re.findall(r"OP-\d{3}", views.body(db, party)[1])}

    def _settled(self) -> None:
        for _ in range(SETTLES):
            if self._carried():
                return
        raise AssertionError("carrying never ends")

    def _all_is_there_once(self) -> None:
        type(self).n_received += len(self.receipts)
        table = inbox.INBOX.table.c
        with self.office.portal.reading() as db:
            rows = db.execute(select(table.id, table.contact, table.key, table.body, table.number)).all()
            known = views.outcomes(db, [row.number for row in rows])
        with self.office.store.reading() as db:
            entries = {entry.id: entry for entry in party_entries.ENTRIES.all(db)}
            n_faults = sum(party_entries.faults(db).values())
        assert {*self.receipts.values()} <= {row.id for row in rows}, "what has a receipt is kept"
        assert known.keys() == {row.number for row in rows}, "each row is answered"
        there = {row.id: (row.contact, row.key, row.body) for row in rows if row.id in entries}
        assert there == {id: (one.contact, one.key, one.body) for id, one in entries.items() if id in there}
        assert there.keys() == entries.keys(), "what is in the year was sent"
        assert max(Counter((entry.contact, entry.key) for entry in entries.values()).values(), default=1) == 1
        lost = [row for row in rows if row.id not in entries]
        assert {row.contact for row in lost} <= self.hindered, "and only who may no longer is not taken in"
        assert n_faults >= len(lost), "which is told"


def tried(held: Busy, times: int, steps: int) -> int:
    """Lets the machine do so many times so many things; how many entries were taken meanwhile."""
    chosen = examples(times, times, stateful_step_count=steps, suppress_health_check=list(HealthCheck))
    machine: type[Parties] = type("PartiesThere", (Parties,), {"held": held})
    run_state_machine_as_test(machine, settings=chosen)
    return machine.n_received


@pytest.fixture(scope="module")
def held(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return busy(published, tmp_path_factory.mktemp("busy"))


def test_nothing_that_parties_send_breaks_or_is_lost(held: Busy) -> None:
    tried(held, 1, 30)


@pytest.mark.slow
def test_ten_thousand_requests_break_and_lose_nothing(held: Busy) -> None:
    assert tried(held, 200, 50) > 50, "or nobody has sent much"
