"""A party's part of a published year, as a value that holds nothing else: what the portal shows it.

No title, site or other party's part is in it, and nothing of the plan but the party's own entries: those of its
calendars, in the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.answer import OPEN
from arshjul.year.domain.feature import ALL_FEATURES
from arshjul.year.domain.operation import Designated
from arshjul.year.domain.sent_offer import OfficersOffer, TeamsOffer


@dataclass(frozen=True, slots=True)
class Orderer:
    """A programme's orderer of officers: the lead agency with its unit, how it is reached, and the role of each.

    `owner`: who answers for the programme, empty if nobody is named. `officers`: in all of its operations, each date by
    itself.
    """

    lead: str
    role: str
    programme: str
    owner: str
    purpose: str
    reached: tuple[str, ...]
    sectors: tuple[str, ...]
    n_operations: int
    officers: int


@dataclass(frozen=True, slots=True)
class Order:
    """A date of an operation that wants officers of the unit. `hours`: 09:00–15:00.

    `serves`: the unit serves it, and does not only lend officers. `at_once`: other operations whose hours overlap;
    `same_day`: others of that date. `needs`: what the agencies that come need to know, each by name.
    """

    operation: str
    day: date
    hours: str
    officers: int
    designated: Designated
    serves: bool
    lead: str
    programme: str
    sector: str
    area: str
    at_once: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitList:
    """The list of a unit: who may order, by lead and programme, and the orders by date."""

    unit: str
    areas: tuple[str, ...]
    year: str
    orderers: tuple[Orderer, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def n_at_once(self) -> int:
        """The number of orders that want the unit at the same time as another."""
        return sum(bool(order.at_once) for order in self.orders)


@dataclass(frozen=True, slots=True)
class ViewShift:
    """A shift, with its hours as text: 09:00–15:00."""

    id: str
    name: str
    hours: str


@dataclass(frozen=True, slots=True)
class ViewEvent:
    """An entry of the party's calendars. `first` is its date, `starts` and `ends` local time, None for whole days.

    `operation` and `shift` are empty unless it is a date of an operation that the party has a part in now; `number` is
    then how many officers or teams come from the party.
    """

    summary: str
    lines: tuple[str, ...]
    first: date
    starts: datetime | None
    ends: datetime | None
    status: str
    operation: str = ""
    shift: str = ""
    number: int = 0
    is_milestone: bool = False
    role: str = ""
    """The party's `Role` there; empty unless it is such a date."""

    meets: str = ""
    """Where and when all gather."""

    told_at: datetime | None = None
    """When what is new about it was published: that it is there, where it moved, that it is called off."""


@dataclass(frozen=True, slots=True)
class ViewWithdrawal:
    """A withdrawal of the unit's own officers that is in force. `last`: known, or assumed until further notice.

    `offered`: the most officers that the unit would have lent there.
    """

    id: str
    first: date
    last: date
    is_open: bool
    shifts: tuple[str, ...] | None
    officers_left: int
    cause: str
    offered: int
    is_shared: bool = False
    """True if it takes officers of other units too, so that only the coordinator can give any of them back."""

    @property
    def taken(self) -> tuple[Span, tuple[str, ...] | None, range]:
        """The range for giving back: dates, shifts, and the number of officers then."""
        return Span(self.first, self.last), self.shifts, range(self.officers_left + 1, self.offered + 1)


@dataclass(frozen=True, slots=True)
class ViewSlot:
    """A time that may be chosen instead, and the same in the year's language."""

    day: date
    shift: str
    text: str

    @property
    def name(self) -> str:
        """Its value in a form."""
        return f"{self.day} {self.shift}"


@dataclass(frozen=True, slots=True)
class ViewQuestion:
    """A question to the party, in the year's language, and its last answer. `name` reveals nothing else.

    `offered`: the times that it may choose from instead; `instead`: the names of those that it has chosen.
    `is_voluntary`: it is not required, and the operation goes on without it.
    """

    name: str
    text: str
    answer: str
    remark: str
    offered: tuple[ViewSlot, ...] = ()
    instead: tuple[str, ...] = ()
    is_voluntary: bool = False

    @property
    def is_open(self) -> bool:
        return self.answer in OPEN


@dataclass(frozen=True, slots=True)
class ViewWord:
    """Something that a nomination names: its id, and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ViewCall:
    """A call that asks the party, on the dates from `first` to `last`. `standing`: what the year has of it there."""

    id: str
    first: date
    last: date
    due: date
    taken_until: date
    standing: OfficersOffer | TeamsOffer

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class ViewSheet:
    """An operation whose information sheet the party has a part in. `first`: its date.

    `sections`: those that it writes, by id. `readers`: the others that take part, by the names of their feeds, as far
    as the party is told of them. `due`: the date up to which sections are given, None if there is none; what comes
    later is an addendum. `others_write`: the sections that are wanted of each reader.
    """

    operation: str
    first: date
    sections: tuple[str, ...] = ()
    readers: tuple[ViewWord, ...] = ()
    due: date | None = None
    sector: str = ""
    others_write: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ViewEvaluation:
    """An operation that the party evaluates, on the dates from `opens` to `closes`. `first`: its date.

    `asks`: what was to become better there, each asked whether it helped. `is_answered`: the party has said it.
    """

    operation: str
    first: date
    opens: date
    closes: date
    asks: tuple[ViewWord, ...] = ()
    is_answered: bool = False

    def is_open(self, today: date) -> bool:
        return self.opens <= today <= self.closes


@dataclass(frozen=True, slots=True)
class ViewAction:
    """A task of the party: after a meeting, or for an improvement."""

    id: str
    action: str
    due: date


@dataclass(frozen=True, slots=True)
class ViewLearnt:
    """Lessons as all parties see them. `n_asked`, `n_answered`: evaluations that have opened, of all parties.

    `standing`: what is to become better, by the party's operations that it stands on: each with its measure. `changed`:
    the measures that are done, or that have helped, the latest first. `to_do`: those that the party sees to, due first.
    """

    n_asked: int = 0
    n_answered: int = 0
    standing: Mapping[str, tuple[ViewWord, ...]] = field(default_factory=dict)
    changed: tuple[ViewWord, ...] = ()
    to_do: tuple[ViewAction, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewCard:
    """A party's card, for all to read. `said`: its texts, by key. `sectors`: of operations; empty: all."""

    party: str
    name: str
    version: int
    said: Mapping[str, str]
    sectors: tuple[str, ...] = ()
    review_by: date | None = None

    def is_old(self, today: date) -> bool:
        """True if it was to be looked through before that date."""
        return self.review_by is not None and self.review_by < today

    def stands_on(self, sector: str) -> bool:
        return not self.sectors or sector in self.sectors


@dataclass(frozen=True, slots=True)
class ViewCards:
    """The cards of all parties. `sectors`: of the party's operations, by number."""

    cards: tuple[ViewCard, ...] = ()
    sectors: Mapping[str, str] = field(default_factory=dict)

    def on(self, operation: str) -> list[ViewCard]:
        sector = self.sectors.get(operation)
        return [card for card in self.cards if sector is not None and card.stands_on(sector)]


@dataclass(frozen=True, slots=True)
class ViewDue:
    """A milestone that is dealt with at a meeting, and for which of the party's operations, by number."""

    milestone: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViewMeeting:
    """A meeting to come, and what is on its agenda: in words, and what of the party is `due` there.

    `is_invited`: the party is asked to it, and may propose points.
    """

    id: str
    name: str
    day: date
    agenda: str = ""
    due: tuple[ViewDue, ...] = ()
    is_invited: bool = True


@dataclass(frozen=True, slots=True)
class ViewMeetings:
    """Meetings to come, by date, and what the party is to do, due first."""

    meetings: tuple[ViewMeeting, ...] = ()
    actions: tuple[ViewAction, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyView:
    """One party's view. `party` is the name of its feed; `phone` is whom to call with questions.

    `revision` is the version of the plan that is published, `published` the moment, UTC; None before that.
    `clock`: of a rehearsal, local time.
    """

    party: str
    name: str
    year: str
    language: str
    timezone: str
    phone: str
    revision: int
    published: datetime | None
    clock: datetime | None
    shifts: tuple[ViewShift, ...]
    events: tuple[ViewEvent, ...]
    withdrawals: tuple[ViewWithdrawal, ...] = ()
    questions: tuple[ViewQuestion, ...] = ()
    calls: tuple[ViewCall, ...] = ()
    deadline: datetime | None = None
    """Up to when questions are answered."""

    sectors: tuple[ViewWord, ...] = ()
    areas: tuple[ViewWord, ...] = ()
    agencies: tuple[ViewWord, ...] = ()
    """The agencies but the party itself."""

    sheets: tuple[ViewSheet, ...] = ()
    """By date."""

    unit_list: UnitList | None = None
    """Of a police unit, once something is published."""

    has_milestones: bool = True
    """True if it has a calendar of milestones."""

    writer: str = ""
    reply_to: str = ""
    """As in `MailWords`; `writer` is its `from_name`."""

    evaluations: tuple[ViewEvaluation, ...] = ()
    """By date."""

    learnt: ViewLearnt = ViewLearnt()

    cards: ViewCards = ViewCards()

    meetings: ViewMeetings = ViewMeetings()

    uses: tuple[str, ...] = ALL_FEATURES
    """The features that the year uses."""

    @property
    def others(self) -> Mapping[str, str]:
        """The names of the other agencies, and of the units that it meets in its operations, by their ids."""
        met = {reader.id.partition("-")[2]: reader.name for sheet in self.sheets for reader in sheet.readers}
        return {**{agency.id: agency.name for agency in self.agencies}, **met}

    @property
    def is_rehearsal(self) -> bool:
        """True if the year is only tried out."""
        return self.clock is not None

    @property
    def id(self) -> str:
        """The party's own, without its kind."""
        return self.party.partition("-")[2]

    @property
    def is_unit(self) -> bool:
        return self.party.startswith("police-")
