"""What only a party's first mail brings: its part of the plan as a workbook, and the way to its calendar.

Both show what its calendar does, and nothing else. The address of the calendar is a secret, so it is made when the mail
is sent.
"""

from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.publishing.served_revision import ServedRevision, published_year, served_views
from arshjul.actions.subscribers.subscribe import Handed, Wanted, hand_out_by_mail
from arshjul.agenda.address_end import last_day
from arshjul.agenda.channel import Channel, contents
from arshjul.agenda.party import Party, parties
from arshjul.agenda.uid import Uids
from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.planning.letters.party_mail import calendar_said
from arshjul.render.workbook.party import party_workbook
from arshjul.store.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class PartBook:
    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The part that is attached, sentences about it and the calendar, and the calendar's new subscriber, if any."""

    book: PartBook
    text: str
    handed: Handed | None


def enclosed(db: Transaction, party: str, feeds_url: str, actor: str, now: datetime) -> Enclosed | None:
    """None if it has no part in what is served. Without `feeds_url`, the mail says how to get to the calendar."""
    served = published_year(db)
    to = _party(served.scenario, party)
    if to is None:
        return None
    say, handed, address = words(served.scenario.language), None, ""
    if feeds_url:
        known = served.scenario.parties[party]
        label = say("{party} (mailed)", party=known.contact or known.name)
        handed = hand_out_by_mail(db, Wanted(str(to)), label, actor, now)
        address = f"{feeds_url}/feeds/{handed.token}.ics"
    until = None if handed is None else last_day(handed.expires_at, served.scenario.zone)
    return Enclosed(_book(db, served, to), calendar_said(say, address, until, is_attached=True), handed)


def part_book(store: Store, party: str) -> PartBook | None:
    with store.reading() as db:
        served = published_year(db)
        to = _party(served.scenario, party)
        return None if to is None else _book(db, served, to)


def _party(scenario: Scenario, id: str) -> Party | None:
    return next((one for one in parties(scenario) if id and one.id == id), None)


def _book(db: Transaction, served: ServedRevision, party: Party) -> PartBook:
    channels = [Channel(party, "full", content) for content in contents(served.scenario, party) if content != "all"]
    say, plan = words(served.scenario.language), Uids.of(served.scenario.name).host.removesuffix(".arshjul")
    return PartBook(party_workbook(served_views(db, served, channels), say), f"{plan}-{party.id}.xlsx")
