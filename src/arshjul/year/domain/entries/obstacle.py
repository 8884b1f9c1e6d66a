"""An obstacle: what one party could not share with another, in categories and never with what it was.

Form, workbook and compilation have their words from here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from arshjul.errors import Message
from arshjul.year.domain.declaration import (
    ChoiceOf,
    Day,
    Days,
    Entry,
    FieldRefusal,
    Flag,
    Id,
    OnceEach,
    OperationId,
    PartyId,
    Spoken,
    Told,
    Whole,
    WrittenKey,
    ends_before,
)
from arshjul.year.domain.information_sheet.declared import Choices

CATEGORIES: Choices = {
    "business": Message("who runs the business"),
    "workers": Message("who works there"),
    "economy": Message("taxes, debts and other economy"),
    "permits": Message("permits and notifications"),
    "premises": Message("premises, fire safety, residents"),
    "visits": Message("earlier visits and their outcome"),
    "matters": Message("open matters"),
    "risk": Message("threats and risks to participants"),
    "crime": Message("suspicion of crime"),
    "victims": Message("people who may be exploited"),
    "plans": Message("a party's own plans and grounds"),
}
"""Categories of information that could not be shared."""

NEEDS: Choices = {
    "choose": Message("to choose the object"),
    "prepare": Message("to prepare the operation"),
    "safety": Message("for the participants' safety"),
    "on-site": Message("on site"),
    "decision": Message("a decision"),
    "follow-up": Message("to follow up"),
}
"""Purposes for which it was needed."""

_PROVISIONS: Choices = {
    "17:1": Message("an inspection that is prepared"),
    "18:1": Message("police work against crime"),
    "21:3": Message("a persecuted person's address"),
    "21:7": Message("personal data used against the law"),
    "26:1": Message("social services"),
    "27:1": Message("taxes"),
    "28:1": Message("social insurance"),
    "30:23": Message("businesses, in supervision by the state"),
    "30:27": Message("businesses, in supervision by a municipality"),
    "34:1": Message("debt enforcement"),
    "35:1": Message("persons, in police work against crime"),
    "37:1": Message("foreigners"),
}


def _provision(id: str) -> Message:
    chapter, _, section = id.partition(":")
    values = {"chapter": chapter, "section": section, "what": _PROVISIONS[id]}
    return Message("the secrecy law, chapter {chapter}, section {section}: {what}", values)


RULES: Choices = {
    **{id: _provision(id) for id in _PROVISIONS},
    "other-section": Message("another section of the secrecy law"),
    "data-protection": Message("data protection"),
    "register-law": Message("a law on the authority's registers"),
    "routine": Message("a routine of the authority's own"),
    "channel": Message("no safe way to send it"),
    "none": Message("no rule was named"),
}
"""Rules that stood in the way."""

HOW_KNOWN: Choices = {
    "written": Message("in writing"),
    "oral": Message("said aloud"),
    "assumed": Message("assumed, without asking"),
}

GROUNDS: Choices = {
    "none": Message("no ground"),
    "consent": Message("consent"),
    "own-work": Message("necessary for the authority's own work"),
    "10:15a": Message("to detect fraud and rule-breaking"),
    "balance": Message("a balance of interests"),
    "duty": Message("a duty to give information"),
}
"""The ground that was tried for sharing it all the same."""

EFFECTS: Choices = {
    "dropped": Message("the operation or object was dropped"),
    "weaker": Message("the operation was weaker"),
    "delayed": Message("the operation was delayed"),
    "double-visit": Message("the business was visited twice"),
    "none": Message("no difference"),
}

GRAVEST = ("dropped", "double-visit", "delayed", "weaker", "none")
"""The same, the gravest first."""

WORKAROUNDS: Choices = {
    "none": Message("done without it"),
    "own-control": Message("each made its own control"),
    "on-site": Message("told on site"),
    "consent": Message("the business consented"),
    "open-source": Message("found in open sources"),
    "request": Message("asked for formally"),
}
"""Effects on the parties' work."""

WISHES: Choices = {
    "law": Message("a change of the law"),
    "agreement": Message("an agreement between the parties"),
    "guidance": Message("guidance on what holds today"),
    "tool": Message("a safe way to share"),
}
"""Remedies."""


CATEGORY_OF_SECTION = {"B": "plans", "C": "business", "D": "visits", "E": "risk", "F": "plans", "I": "victims"}
"""Main category of an information sheet's section, by its letter."""


def rule_of(protection: str) -> str:
    """The rule for what protects a section, which the town may have listed under another name."""
    return protection if protection in RULES else "other-section"


ASKED_OF_ALL = ("category", "rule", "needed_for", "effect", "how_known")
"""Fields that every form asks for, in this order, after the parties, the operation and the date.

Of the coordinator alone the rest, folded.
"""

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingObstacle(Entry):
    """Information that `asked` could not share with `asker`: categories alone, so no key takes a text.

    `operation` None: it was about none. `days` and `hours`: what it cost in delay and in work. `quote`: it may be told
    as an example. A later one with the same id takes its place.
    """

    prefix: ClassVar = "HI"

    id: Annotated[Id, Told(Message("No"), Message("Of two rows with one number the later holds."), also=("Id",))]
    day: Annotated[Day, WrittenKey("date"), Told(Message("Date"), Message("When it arose."))]
    operation: Annotated[OperationId | None, Told(Message("Operation"), Message("The operation's number. Empty: none."))] = None
    asker: Annotated[PartyId, Told(Message("Who asked"), Message("The party in need."))]
    asked: Annotated[PartyId, Told(Message("Who was asked"), Message("The party with the information."))]
    category: Annotated[str, ChoiceOf((*CATEGORIES,)), Spoken(CATEGORIES), Told(Message("What"), Message("A category, never the information."), prompt=Message("What could not be shared"))]
    needed_for: Annotated[str, ChoiceOf((*NEEDS,)), Spoken(NEEDS), Told(Message("Needed for"))]
    rule: Annotated[str, ChoiceOf((*RULES,)), Spoken(RULES), Told(Message("What stood in the way"))]
    how_known: Annotated[str, ChoiceOf((*HOW_KNOWN,)), Spoken(HOW_KNOWN), Told(Message("How it is known"))]
    asked_on: Annotated[Day | None, Told(Message("Asked on"))] = None
    answered_on: Annotated[Day | None, Told(Message("Answered on"))] = None
    ground_tried: Annotated[str, ChoiceOf((*GROUNDS,)), Spoken(GROUNDS), Told(Message("Ground that was tried"))] = "none"
    effect: Annotated[tuple[Annotated[str, ChoiceOf((*EFFECTS,))], ...], OnceEach, MinLen(1), Spoken(EFFECTS), Told(Message("What came of it"), Message("Several with semicolons."))]
    days: Annotated[Days | None, Told(Message("Days of delay"))] = None
    hours: Annotated[Whole | None, Told(Message("Hours of work"))] = None
    workaround: Annotated[str, ChoiceOf((*WORKAROUNDS,)), Spoken(WORKAROUNDS), Told(Message("How you managed without"))] = "none"
    wish: Annotated[str | None, ChoiceOf((*WISHES,)), Spoken(WISHES), Told(Message("What would help"))] = None
    quote: Annotated[Flag, Told(Message("May be told as an example"))] = False

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.asker == self.asked:
            yield FieldRefusal("bad-value", Message("The asking and the asked party are the same: name two."), ("asked",))
        if self.asked_on is not None and self.answered_on is not None and self.answered_on < self.asked_on:
            yield FieldRefusal("bad-value", ends_before(self.asked_on, self.answered_on), ("answered_on",))
        if "none" in self.effect and len(set(self.effect)) > 1:
            yield FieldRefusal("bad-value", Message("No difference cannot be combined: keep one answer."), ("effect",))

    @property
    def gravest(self) -> str:
        return next(effect for effect in GRAVEST if effect in self.effect)


# fmt: on


def latest_obstacles(log: Iterable[SharingObstacle]) -> list[SharingObstacle]:
    """The last version of each, in the order in which they first came."""
    return list({obstacle.id: obstacle for obstacle in log}.values())
