"""Carrying as a pure function: over all orders, losses, repeats and forged rows, each entry is taken in once."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.office.store.contacts import Contact, ContactAddress
from arshjul.office.store.party_entries import PartyEntry, PartyFault
from arshjul.office.sync.sync_diff import MOST_A_DAY, Carried, Inside, Outside, carry, digest_of_row
from arshjul.portal.store.contacts import PortalAddress, PortalContact
from arshjul.portal.store.inbox import InboxRow, Mouthful
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql.hashes import digest_of
from tests.examples import each, examples

NOW = datetime(2027, 3, 2, 7, 10, tzinfo=UTC)
YEAR = timedelta(days=365)
SOUND = '{"from": "2027-03-02", "to": "2027-03-02", "officers_left": 0, "cause": "shooting", "note": "Ring mig"}'


def contact(id: str, party: str = "police-p0", may: tuple[str, ...] = ("report",)) -> Contact:
    return Contact(id, party, "Yttre befäl", may, "", "", NOW - YEAR, NOW + YEAR)


CONTACTS = {
    "c0": contact("c0"),
    "c1": contact("c1", "police-p1"),
    "agency": contact("agency", "agency-a0"),
    "ended": replace(contact("ended"), ended_at=NOW - timedelta(days=1)),
    "late": replace(contact("late"), expires_at=NOW),
    "no-report": contact("no-report", may=("answer", "offer")),
    "locked": replace(contact("locked"), locked_at=NOW),
}


def id_of(name: str) -> str:
    return digest_of(name.encode())[:32]


def row(name: str = "e0", contact: str = "c0", **other: object) -> InboxRow:
    party = CONTACTS[contact].party if contact in CONTACTS else "police-p0"
    key, mark, reported = digest_of(f"key {name}".encode()), digest_of(b"mark"), NOW - timedelta(minutes=1)
    made = InboxRow(id_of(name), contact, key, party, "report", SOUND, "", mark, reported)
    return replace(made, **other)  # type: ignore[arg-type]


STRANGE = {
    "no id": row(id="e0"),
    "long id": row(id="0" * 33),
    "empty id": row(id=""),
    "id of words": row(id="<script>alert(1)</script>0123456"),
}
FORGED = {
    "key": row(key="e0"),
    "corrects": row(corrects="x' OR 1=1"),
    "seen": row(seen="\x00" * 64),
    "contact": row(contact="nobody"),
    "ended": row(contact="ended"),
    "late": row(contact="late", reported=NOW),
    "late answer": row(contact="late", kind="answer", body='{"answers": []}'),
    "party": row(party="police-p1"),
    "agency": row(contact="agency"),
    "kind": row(kind="decision"),
    "may": row(contact="no-report"),
    "cut": row(body=SOUND[:-9]),
    "list": row(body="[]"),
    "deep": row(body="[" * 5000),
    "twice": row(body='{"from": "2027-03-02", "from": "2027-03-03", "to": "2027-03-04"}'),
    "no end": row(body='{"from": "2027-03-02"}'),
    "backwards": row(body='{"from": "2027-03-02", "to": "2027-03-01"}'),
    "other's": row(body='{"from": "2027-03-02", "to": "2027-03-02", "police": ["p1"]}'),
    "number": row(body='{"from": "2027-03-02", "to": "2027-03-02", "id": "A1"}'),
    "more": row(body='{"from": "2027-03-02", "to": "2027-03-02", "publish": true}'),
    "few": row(body='{"from": "2027-03-02", "to": "2027-03-02", "officers_left": -1}'),
    "long": row(body='{"from": "2027-03-02", "to": "2027-03-02", "note": "' + "x" * 2001 + '"}'),
    "note": row(body='{"from": "2027-03-02", "to": "2027-03-02", "note": ["x"]}'),
    "surrogate": row(body='{"from": "2027-03-02", "to": "2027-03-02", "note": "\\ud800"}'),
}


@dataclass
class Both:
    """Both databases, as far as carrying writes them."""

    rows: list[InboxRow] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=lambda: dict(CONTACTS))
    addresses: tuple[ContactAddress, ...] = ()
    entries: dict[str, PartyEntry] = field(default_factory=dict)
    faults: dict[str, PartyFault] = field(default_factory=dict)
    outcomes: dict[int, EntryOutcome] = field(default_factory=dict)
    at_portal: dict[str, PortalContact] = field(default_factory=dict)
    opened: dict[str, PortalAddress] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    epoch: str = "1"
    known_epoch: str = ""

    def turn(self, until: str = "", most: int = 3, now: datetime = NOW) -> Carried:
        """A turn, killed after that step."""
        numbered = dict(enumerate(self.rows))
        open_rows = [number for number in numbered if number not in self.outcomes][:most]
        taken = {number: numbered[number] for number in open_rows if self.epoch == self.known_epoch}
        inside = Inside(
            now,
            self.epoch,
            self.contacts,
            self.addresses,
            {"police-p0": "m0", "police-p9": "m9"},
            {id: entry.digest for id, entry in self.entries.items()},
            frozenset((entry.contact, entry.key) for entry in self.entries.values()),
            became={id: EntryOutcome(one.state, "", NOW) for id, one in self.entries.items()},
        )
        numbers = {one.id: number for number, one in numbered.items() if one.id in self.entries}
        outside = Outside(
            self.known_epoch, self.at_portal, self.opened, self.marks, Mouthful(taken), numbers, self.outcomes
        )
        done = carry(inside, outside)
        if until != "read":
            self._inside(done)
            if until != "inside":
                self._outside(done)
        return done

    def _inside(self, done: Carried) -> None:
        for entry in done.entries:
            assert entry.id not in self.entries
            self.entries[entry.id] = entry
        self.faults |= {fault.row_digest: fault for fault in done.faults}

    def _outside(self, done: Carried) -> None:
        if done.new_epoch:
            self.outcomes, self.known_epoch = {}, self.epoch
        self.at_portal = {id: one for id, one in self.at_portal.items() if id not in done.ended}
        self.at_portal |= {one.id: one for one in done.contacts}
        self.opened = {id: one for id, one in self.opened.items() if id not in done.closed}
        self.opened |= {address.digest: address for address in done.addresses}
        self.marks |= dict.fromkeys(done.views, "m0")
        self.outcomes |= done.outcomes

    def until_quiet(self) -> None:
        for _ in range(100):
            if self.turn().is_all_done:
                return
        pytest.fail("carrying never ends")


@each([*FORGED, *STRANGE])
def test_a_row_that_no_contact_may_send_is_not_taken_in_and_said(name: str) -> None:
    both = Both([(FORGED | STRANGE)[name]])
    both.until_quiet()
    assert both.entries == {}
    assert len(both.faults) == 1
    assert both.outcomes[0].state == "refused"


def test_a_sound_row_is_taken_in_as_it_was_sent_and_with_other_content_is_a_fault() -> None:
    both = Both([row()])
    both.until_quiet()
    (first,) = both.entries.values()
    assert (first.body, first.party, first.received, first.state) == (SOUND, "police-p0", NOW, "waits")
    assert first.reported == NOW - timedelta(minutes=1)
    assert both.outcomes[0].state == "waits"
    assert both.faults == {}
    both.rows, both.outcomes = [row(body=SOUND.replace("02", "03"))], {}
    both.until_quiet()
    assert both.entries == {first.id: first}
    assert [fault.kind for fault in both.faults.values()] == ["other"]
    assert both.outcomes[0].state == "waits", "the entry that was taken in is still there"


def test_a_report_of_before_its_contact_expired_is_taken_in_and_of_a_locked_one_put_aside() -> None:
    """However late it is carried, and whatever the portal's clock says. What a revoked contact sends is not."""
    both = Both([row(contact="late"), row("ahead", reported=NOW + YEAR), row("locked", contact="locked")])
    both.until_quiet()
    assert {id: (entry.contact, entry.state) for id, entry in both.entries.items()} == {
        id_of("e0"): ("late", "waits"), id_of("ahead"): ("c0", "waits"), id_of("locked"): ("locked", "aside"),
    }  # fmt: skip
    assert both.entries[id_of("ahead")].reported == NOW + YEAR
    assert both.faults == {}


def test_a_flood_from_one_contact_does_not_shut_out_another() -> None:
    both = Both([row(f"e{i}") for i in range(MOST_A_DAY + 5)] + [row("other", "c1")])
    inside = Inside(NOW, "1", CONTACTS)
    done = carry(inside, Outside("1", inbox=Mouthful(dict(enumerate(both.rows)))))
    assert not done.faults
    assert len(done.outcomes) == len(done.entries) == MOST_A_DAY + 1, "what is above the share waits"
    assert done.entries[-1].id == id_of("other")
    own = frozenset(range(MOST_A_DAY, MOST_A_DAY + 5))
    done = carry(inside, Outside("1", inbox=Mouthful(dict(enumerate(both.rows)), known=own)))
    assert len(done.entries) == MOST_A_DAY + 6, "of sessions that have entered a code so many besides"


def test_who_is_ended_or_expired_is_shut_out_with_all_addresses() -> None:
    addresses = tuple(
        ContactAddress(f"d {id}", id, NOW - YEAR, NOW + YEAR) for id in ("c0", "c1", "ended", "late", "locked")
    )
    both = Both(addresses=addresses)
    both.until_quiet()
    assert both.opened.keys() == {"d c0", "d c1", "d locked"}
    assert both.at_portal.keys() == {"c0", "c1", "agency", "no-report", "locked"}
    assert both.marks == {"police-p0": "m0"}, "of parties that nobody is invited of, nothing is shown"
    both.contacts["c0"] = replace(both.contacts["c0"], ended_at=NOW)
    both.addresses = (replace(addresses[1], revoked_at=NOW), *addresses[2:])
    both.until_quiet()
    assert both.opened.keys() == {"d locked"}
    assert "c0" not in both.at_portal


def test_entries_that_a_restored_year_has_lost_are_taken_in_again_and_no_other() -> None:
    both = Both([row("e0"), row("e1")])
    both.until_quiet()
    del both.entries[id_of("e1")]
    both.epoch = "2"
    both.until_quiet()
    assert both.entries.keys() == {id_of("e0"), id_of("e1")}


GOOD, BAD = ([id_of(f"{kind}{n}") for n in range(7)] for kind in "sf")
sound = st.builds(
    lambda n, who: row(f"s{n}", who, id=GOOD[n]), st.integers(0, 6), st.sampled_from(["c0", "c1", "locked"])
)
forged = st.builds(lambda id, one: replace(FORGED[one], id=id), st.sampled_from(BAD), st.sampled_from(sorted(FORGED)))
strange = st.sampled_from(list(STRANGE.values()))
steps = st.sampled_from(["", "", "read", "inside", "restored", "portal lost"])


@examples(100, 3_000)
@given(st.lists(st.one_of(sound, forged, strange), max_size=12), st.lists(steps, max_size=10), st.integers(1, 5))
def test_each_is_taken_in_once_or_refused_once_whatever_happens(
    sent: list[InboxRow], happens: list[str], most: int
) -> None:
    """`sent`: in any order, some ids twice with other content; only the first of an id can be in the portal's table."""
    rows = list({inbox_row.id: inbox_row for inbox_row in reversed(sent)}.values())
    both = Both()
    for number, what in enumerate(happens):
        both.rows = rows[: number + 1]
        if what == "restored":
            both.epoch += "1"
        elif what == "portal lost":  # made anew: contacts come back, what was sent is sent again by nobody
            both.known_epoch, both.outcomes, both.at_portal, both.opened, both.marks = "", {}, {}, {}, {}
        else:
            both.turn(what, most)
    both.rows = rows
    both.until_quiet()
    good = {one.id: digest_of_row(one) for one in rows if one.id in GOOD}
    assert {id: one.digest for id, one in both.entries.items()} == good
    assert {fault.row_digest for fault in both.faults.values()} == {
        digest_of_row(one) for one in rows if one.id not in GOOD
    }
    assert both.outcomes.keys() == set(range(len(rows)))
