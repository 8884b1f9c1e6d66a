"""Sites to be visited, which are secret, named in what others read. What is told never says which site it is."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from arshjul.errors import Message, Problem
from arshjul.year.domain.business_traces import texts_in
from arshjul.year.domain.operation import Site
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.planning.check.contradictions import Doubt, Where

SECRET_PLACE = "secret-place"
_COMPANY = (("ab",), ("hb",), ("kb",), ("aktiebolag",), ("handelsbolag",), ("kommanditbolag",), ("enskild", "firma"))
"""Endings of a business's registered name, which nobody says."""
SHORTEST_REF = 5
"""The characters of a ref that is known again in a text: a shorter one may stand in any."""


class SecretPlaces:
    """The names and addresses of the sites of some scenarios, as they may stand in a text.

    A name that is a word of the year as well, such as a sector's, tells nobody of a site. `titles`: texts that are as
    secret where the caller asks, such as those of operations.
    """

    def __init__(self, *scenarios: Scenario, titles: Iterable[str] = ()) -> None:
        ordinary = {_tokens(word) for known in scenarios for word in _words_of(known)}
        self._by_first: dict[str, set[tuple[str, ...]]] = {}
        said = (
            secret for site in _sites(scenarios) for secret in (_said_name(site.name), _street_and_number(site.address))
        )
        for secret in (*said, *map(_tokens, titles)):
            if secret and secret not in ordinary:
                self._by_first.setdefault(secret[0], set()).add(secret)

    def are_in(self, text: str) -> bool:
        """True if the text holds the name of one, or its street and number, however it is spaced."""
        said = _tokens(text)
        return any(
            said[n : n + len(secret)] == secret
            for n, token in enumerate(said)
            for secret in self._by_first.get(token, ())
        )

    def questions(self, name: str, written: object) -> Iterator[Problem]:
        for path in (path for path, text in texts_in(written, f"{name}[0]") if self.are_in(text)):
            text = Message("This text names a secret object, and others read it. Can it be said otherwise?")
            yield Problem(SECRET_PLACE, text, path=path)


def secrets_of(*scenarios: Scenario, titles: Iterable[str] = ()) -> SecretPlaces:
    """Words that no text outside may have. Titles of a single word may stand. `titles`: further ones."""
    every = (*titles, *(operation.title for known in scenarios for operation in known.operations.values()))
    refs = (site.ref for site in _sites(scenarios) if len(site.ref) >= SHORTEST_REF)
    return SecretPlaces(*scenarios, titles=(*refs, *(title for title in every if len(title.split()) > 1)))


def secret_check(*scenarios: Scenario, titles: Iterable[str] = ()) -> Callable[[str], bool]:
    secrets = secrets_of(*scenarios, titles=titles)
    return lambda text: not secrets.are_in(text)


def _sites(scenarios: Iterable[Scenario]) -> Iterator[Site]:
    for known in scenarios:
        for holders in (known.operations, known.objects):
            yield from (site for holder in holders.values() for site in holder.sites)


def secret_doubts(scenario: Scenario) -> Iterator[Doubt]:
    places = SecretPlaces(scenario)
    for where, id, meet in meeting_places(scenario):
        if meet is not None and places.are_in(meet.place):
            text = Message(
                "The meeting place of {operation} names a secret object: meet somewhere else.", {"operation": id}
            )
            yield Doubt(SECRET_PLACE, text, (*where, "meet", "place"))
    for where, whose, said in _texts(scenario):
        if said and places.are_in(said):
            text = Message(
                "A text of {whose} names a secret object that others may read: say it otherwise.", {"whose": whose}
            )
            yield Doubt(SECRET_PLACE, text, where)


def meeting_places(scenario: Scenario) -> Iterator[tuple[Where, str, Meet | None]]:
    for number, operation in enumerate(scenario.operations.values()):
        yield ("operations", number), operation.id, operation.meet
    for number, area in enumerate(scenario.areas.values()):
        yield ("areas", number), area.id, area.meet
    for number, meeting in enumerate(scenario.cycle.meetings):
        yield ("cycle", "meetings", number), meeting.id, meeting.meet


def _texts(scenario: Scenario) -> Iterator[tuple[Where, object, str | None]]:
    for number, operation in enumerate(scenario.operations.values()):
        yield ("operations", number, "title"), operation.id, operation.title
    for number, meeting in enumerate(scenario.cycle.meetings):
        yield ("cycle", "meetings", number, "name"), meeting.id, meeting.name
    for number, milestone in enumerate(scenario.cycle.milestones):
        yield ("cycle", "milestones", number, "name"), milestone.id, milestone.name
    for programme in scenario.programmes.values():
        yield ("programmes", programme.id, "purpose"), programme.name, programme.purpose
    mails, words = Message("the mails to the parties"), scenario.mail
    for key, text in (("from_name", words.from_name), ("greeting", words.greeting), ("closing", words.closing)):
        yield ("mail", key), mails, text


def _tokens(text: str) -> tuple[str, ...]:
    """Its words, without the s of a genitive, and its numbers: the letter of a house is a word of its own."""
    return tuple(token.removesuffix("s") or token for token in re.findall(r"\d+|[^\W\d]+", text.casefold()))


def _said_name(name: str) -> tuple[str, ...]:
    tokens = _tokens(name)
    ends = (len(end) for end in _COMPANY if len(end) < len(tokens) and tokens[-len(end) :] == end)
    return tokens[: len(tokens) - next(ends, 0)]


def _words_of(scenario: Scenario) -> Iterator[str]:
    for operation in scenario.operations.values():
        yield from (operation.id, operation.sector, operation.programme)
    yield from (*scenario.names, *scenario.names.values())
    for programme in (*scenario.programmes.values(), *scenario.areas.values(), *scenario.parties.values()):
        yield from (programme.id, programme.name)


def _street_and_number(address: str) -> tuple[str, ...]:
    """The address up to its first number; the whole where it begins with one. Empty without: a town is no secret."""
    tokens = _tokens(address)
    street = tuple(takewhile(lambda token: not token[0].isdigit(), tokens))
    if len(street) == len(tokens):
        return ()
    return tokens[: len(street) + 1] if street else tokens
