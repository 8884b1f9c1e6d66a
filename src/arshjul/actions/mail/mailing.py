"""All that waits for a party at one address: it goes as one mail, and is told in one call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.store.outbox import OutboxMessage

Addressee = tuple[str, str, str, bool, str]
"""Party, address, contact, whether it opens all pages, and the page that it opens alone."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """The messages to a party, at least one: a question first, so that it is not overlooked; else the oldest."""

    messages: tuple[OutboxMessage, ...]

    @property
    def first(self) -> OutboxMessage:
        return self.messages[0]

    @property
    def party(self) -> str:
        return self.first.party

    @property
    def address(self) -> str:
        """Its mail address; empty if it is to be called."""
        return next((one.address for one in self.messages if one.address), "")

    @property
    def subject(self) -> str:
        return self.first.mail.subject

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(one.number for one in self.messages)

    @property
    def asks(self) -> bool:
        return self.first.asks

    @property
    def contact(self) -> str:
        """The contact that it is for; empty if it is for the party."""
        return self.first.contact

    @property
    def opens(self) -> bool:
        """True if it is sent with a new address of its contact, for all its pages."""
        return self.first.opens

    @property
    def page(self) -> str:
        """The page that it asks for, if it is sent with an address that opens that page alone."""
        return self.first.page

    @property
    def page_until(self) -> datetime | None:
        """Until when that is asked: the latest moment of its messages."""
        return max((one.page_until for one in self.messages if one.page_until is not None), default=None)

    @property
    def is_to_portal(self) -> bool:
        return bool(self.contact) and (self.opens or self.asks or bool(self.page))

    @property
    def is_first(self) -> bool:
        return any(one.mail.is_first for one in self.messages)

    @property
    def fault(self) -> str:
        return next((one.fault for one in self.messages if one.fault), "")

    @property
    def urgent(self) -> bool:
        return any(one.urgent for one in self.messages)

    @property
    def soon(self) -> Sequence[str]:
        return _lines((one.mail.body.splitlines()[: one.soon]) for one in self.messages)

    @property
    def passed(self) -> Sequence[str]:
        """The lines on what has begun, or was to."""
        return _lines(one.mail.body.splitlines()[one.soon : one.soon + one.passed] for one in self.messages)

    @property
    def besides(self) -> Sequence[str]:
        known = {*self.soon, *self.passed}
        return [line for line in _lines(one.mail.body.splitlines() for one in self.messages) if line not in known]

    def text(self, link: str = "", enclosed: str = "") -> str:
        return self.first.mail.text(link, [one.mail for one in self.messages[1:]], enclosed)

    def in_short(self) -> "Mailing":
        """The mailing without the whole list of the party's year."""
        return Mailing(tuple(replace(one, mail=replace(one.mail, details="")) for one in self.messages))

    def after(self, at: datetime, fault: str = "") -> "Mailing":
        sent_at = None if fault else at
        return Mailing(tuple(replace(one, tried_at=at, sent_at=sent_at, fault=fault) for one in self.messages))


def mailings(messages: Iterable[OutboxMessage]) -> list[Mailing]:
    """The messages by whom they are for; those to contacts first, then each where its oldest stands."""
    found: dict[Addressee, list[OutboxMessage]] = {}
    for one in sorted(messages, key=lambda one: not one.contact):
        found.setdefault(is_for(one), []).append(one)
    return [mailing(own) for own in found.values()]


def is_for(one: OutboxMessage) -> Addressee:
    """What messages have in common that go as one mail: one that opens a contact's page brings that address alone."""
    return one.party, one.address, one.contact, one.opens, one.page


def mailing(messages: Iterable[OutboxMessage]) -> Mailing:
    return Mailing(tuple(sorted(messages, key=lambda one: not one.asks)))


def _lines(several: Iterable[Iterable[str]]) -> Sequence[str]:
    return list(dict.fromkeys(line for lines in several for line in lines))
