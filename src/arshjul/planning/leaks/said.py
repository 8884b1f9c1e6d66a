"""What calendars give away, in sentences for the coordinator alone."""

from collections.abc import Iterator
from statistics import fmean

from arshjul.agenda.channel import LEVEL_NAMES
from arshjul.agenda.party import Party
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.leaks.guesser import Guess, Habit
from arshjul.planning.leaks.leaks import Leak, Leaks, Remade, per_occasion
from arshjul.planning.leaks.seen import PARTS
from arshjul.texts import counted

PART_NAMES = {"area": Message("the area"), "sector": Message("the sector")}
"""What operations are told apart by, as part of a sentence."""


def leaks_said(found: Leaks, most: int) -> Iterator[tuple[Message | None, list[Message]]]:
    """All of it: sentences under headings, with at most so many operations whose dates are given away."""
    first, scenario = found.leaks[0], found.scenario
    given = [guess_said(found, first, guess) for guess in first.most(most)]
    yield None, list(beforehand())
    yield Message("What each calendar gives away:"), [leak_said(scenario, leak) for leak in found.leaks]
    who = reader(scenario, first)
    yield None, [Message("{who}: {text}", {"who": who, "text": text}) for text in offers_said(first)]
    if given:
        yield Message("Given away most, with the chance that the guess gave the date:"), given
    yield None, [price_said(found)]
    if found.remade:
        yield Message("With other prices:"), [remade_said(one) for one in found.remade]


def beforehand() -> Iterator[Message]:
    """What the figures mean."""
    yield Message(
        "How well could somebody guess what comes who has seen what has been? Each time an operation is over, the next "
        "of its kind is guessed: its week, and its date. In brackets: somebody who only knows which dates are open and "
        "how many operations there are."
    )
    yield Message(
        "The last figure is how much of the dates and shifts is left among which the next one is to be sought. What a "
        "calendar shows of the time ahead is not counted: whoever still has it need not guess."
    )


def leak_said(scenario: Scenario, leak: Leak) -> Message:
    """One calendar, or what is public, in a sentence."""
    values: dict[str, object] = {"who": reader(scenario, leak), "n": leak.operations}
    named = leak.named
    if not named.guessed:
        return counted(
            leak.operations,
            "{who}: one operation, too few to guess from.",
            "{who}: {n} operations, too few to guess from.",
            who=values["who"],
        )
    values |= {
        "guessed": named.guessed,
        "week": named.week,
        "blind_week": named.blind_week,
        "date": named.date,
        "blind_date": named.blind_date,
        "left": _left(leak.bits),
    }
    said = Message(
        "{who}: of {n} operations {guessed} to guess; week right for {week} ({blind_week}), "
        "date right for {date} ({blind_date}); left to seek among: {left} %",
        values,
    )
    return Message("{said}.", {"said": said}) if leak.is_sure else Message("May be chance: {said}.", {"said": said})


def offers_said(leak: Leak) -> Iterator[Message]:
    """How much of it comes from what is offered, whatever the plan."""
    if leak.drawn and leak.named.guessed:
        bits = [per_occasion(score) for score in leak.drawn]
        yield Message(
            "If each date were drawn by lot from those possible, {left} % would be left ({low} to {high} in {years} "
            "years): that much is given away by when parties offer anything, and only what is beyond it by the plan.",
            {"years": len(bits), "left": _left(fmean(bits)), "low": _left(max(bits)), "high": _left(min(bits))},
        )


def guess_said(found: Leaks, leak: Leak, guess: Guess) -> Message:
    """An operation whose date was given away, and by what."""
    values = {
        "ids": list(guess.occasion.operations),
        "day": found.slots[guess.occasion.slot].day,
        "date": _percent(guess.date),
        "blind": _percent(guess.blind),
    }
    if guess.because is None:
        return Message("{ids}, {day}: {date} % ({blind})", values)
    return Message("{ids}, {day}: {date} % ({blind}); {why}", {**values, "why": _why(leak, guess.because)})


def _why(leak: Leak, because: Habit) -> Message:
    parts, spaced = because
    within = [PART_NAMES[PARTS[leak.level][part]] for part in parts]
    if spaced:
        what = Message("as long after the last one, and on such a weekday and shift, as before")
    else:
        what = Message("on such a weekday and shift as before")
    return Message("{what} within {within}", {"what": what, "within": within}) if within else what


def price_said(found: Leaks) -> Message:
    """What the price of patterns has left."""
    return counted(
        found.patterns,
        "The price of patterns that can be guessed is {price}; one operation is above what is free.",
        "The price of patterns that can be guessed is {price}; {n} operations are above what is free.",
        price=found.price,
    )


def remade_said(one: Remade) -> Message:
    """What another price would change."""
    values = {
        "price": one.price,
        "n": one.patterns,
        "week": one.leak.named.week,
        "date": one.leak.named.date,
        "left": _left(one.leak.bits),
    }
    said = Message(
        "At a price of {price}: {n} above, week right for {week}, date right for {date}; left to seek among: {left} %",
        values,
    )
    return Message("{said}.", {"said": said}) if one.proven else Message("{said} (not proven best).", {"said": said})


def reader(scenario: Scenario, leak: Leak) -> Message:
    """Whose calendar it is, and at what level."""
    if leak.party is None:
        return Message("The public wheel")
    return Message("{party} ({level})", {"party": _name(scenario, leak.party), "level": LEVEL_NAMES[leak.level]})


def _name(scenario: Scenario, party: Party) -> object:
    return Message("The coordinator") if party.kind == "coordinator" else scenario.parties[party.id].name


def _left(bits: float) -> int:
    """How much of the dates and shifts is left to seek among, in percent."""
    return min(100, _percent(2**-bits))


def _percent(share: float) -> int:
    return round(100 * share)
