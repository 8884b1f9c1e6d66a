"""The reasons why an object is bound to no frame: frame by frame, the nearest to fitting first, and what would help."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from arshjul.domain.visit_object import VisitObject
from arshjul.errors import Message
from arshjul.rules.fill.context import FillContext
from arshjul.rules.fill.fits import ORDER, Miss, first_miss
from arshjul.texts import counted

MOST_NAMED = 3
"""So many frames are told of for one reason; a year has more than anyone reads."""

NEARBY = frozenset(ORDER) - {"sector", "area"}
"""The reasons why a frame of the right sector in the right area does not take an object."""


@dataclass(frozen=True, slots=True)
class FillReason:
    """A rule that keeps an object from frames: which, and the sentence. No frames: there are none ahead."""

    rule: str
    frames: tuple[str, ...]
    text: Message


@dataclass(frozen=True, slots=True)
class Unbound:
    """An object that is bound to no frame, with its reasons; `remedy`: what would help at the frame it misses least."""

    object: str
    reasons: tuple[FillReason, ...]
    remedy: Message | None = None


def unbound(context: FillContext, wanted: VisitObject) -> Unbound:
    """The reasons of an object that waits, beside all that is bound."""
    found = {frame.id: first_miss(context, wanted, frame) for frame in context.ahead.values()}
    misses = [miss for miss in found.values() if miss is not None]
    free = [id for id, miss in found.items() if miss is None]
    if free:
        text = Message("it would fit {frame}, and a longer search may bind it", {"frame": free[0]})
        return Unbound(wanted.id, (FillReason("stops", tuple(free), text),))
    if not misses:
        return Unbound(wanted.id, (FillReason("sector", (), Message("there is no frame ahead")),))
    near = [miss for miss in misses if miss.rule in NEARBY]
    if not near:
        return Unbound(wanted.id, tuple(_none_nearby(context, wanted, misses)), _new_frame(context, wanted))
    nearest = min(near, key=lambda miss: (-ORDER[miss.rule], miss.by, miss.frame.starts))
    remedy = Message("Nearest is {frame}: {remedy}.", {"frame": nearest.frame.id, "remedy": nearest.remedy})
    return Unbound(wanted.id, tuple(_by_rule(near)), remedy)


def _by_rule(misses: list[Miss]) -> Iterator[FillReason]:
    """A reason for each rule, the last of the order first."""
    ordered = sorted(misses, key=lambda miss: (-ORDER[miss.rule], miss.by, miss.frame.starts))
    for rule, same in groupby(ordered, key=lambda miss: miss.rule):
        there = list(same)
        said = [miss.why for miss in there[:MOST_NAMED]]
        if (rest := len(there) - MOST_NAMED) > 0:
            said.append(counted(rest, "one more frame likewise", "{n} more frames likewise"))
        yield FillReason(rule, tuple(miss.frame.id for miss in there), _joined(said))


def _joined(said: list[Message]) -> Message:
    text = said[0]
    for more in said[1:]:
        text = Message("{text}; {more}", {"text": text, "more": more})
    return text


def _none_nearby(context: FillContext, wanted: VisitObject, misses: list[Miss]) -> Iterator[FillReason]:
    """That no frame ahead is of its sector and in its area."""
    values = {"sector": context.scenario.word(wanted.sector), "area": context.scenario.areas[wanted.area].name}
    elsewhere = [miss for miss in misses if miss.rule == "area"]
    if elsewhere:
        text = Message("the frames ahead that visit {sector} are not in {area}", values)
        yield FillReason("area", tuple(miss.frame.id for miss in elsewhere), text)
    else:
        text = Message("no frame ahead visits {sector}", values)
        yield FillReason("sector", tuple(miss.frame.id for miss in misses), text)


def _new_frame(context: FillContext, wanted: VisitObject) -> Message:
    values = {"sector": context.scenario.word(wanted.sector), "area": context.scenario.areas[wanted.area].name}
    here = [id for id, frame in context.ahead.items() if frame.operation.area == wanted.area]
    if here:
        return Message(
            "A frame for {sector} in {area} would help, or {sector} among the sectors of {frame}.",
            {**values, "frame": here[0]},
        )
    return Message("A frame for {sector} in {area} would help.", values)


def reason_said(one: Unbound) -> Message:
    """All reasons of an object in a sentence, and what would help."""
    said = Message("{why}.", {"why": _joined([reason.text for reason in one.reasons])})
    return said if one.remedy is None else Message("{said} {remedy}", {"said": said, "remedy": one.remedy})
