"""The outcome of an operation on its day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from arshjul.domain.declaration import (
    AgencyId,
    Day,
    Id,
    Key,
    Officers,
    OperationId,
    Teams,
    Text,
    Told,
    Unstated,
    Whole,
    Worded,
)
from arshjul.domain.entry import Entry
from arshjul.errors import Message

Result = Literal["done", "without-police", "aborted", "called-off"]
RESULTS: tuple[Result, ...] = ("done", "without-police", "aborted", "called-off")


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Outcome(Entry):
    """How an operation went: one that was `aborted` had begun, one that was `called-off` had not.

    `day` None: its date in the plan. `officers` and `teams` are those that came, `figures` what was counted, by the ids
    that the configuration names.
    """

    operation: Annotated[OperationId, Told(Message("Operation"), also=("Nr", "No",))]
    day: Annotated[Day | None, Key("date"), Told(Message("Date"), Message("Empty: its date in the plan."))]
    result: Annotated[Result, Told(Message("Result"), Message("done, without police, aborted (begun) or called off (not begun)."), prompt=Message("Outcome")), Worded({"done": ("genomförd", "done"), "without-police": ("utan polis", "without police"), "aborted": ("avbruten", "aborted"), "called-off": ("inställd", "called off")})]
    officers: Annotated[Officers | None, Told(Message("Officers"), Message("Officers who came"), prompt=Message("Officers who came"))] = None
    teams: Annotated[Mapping[AgencyId, Teams], Unstated, Told(Message("Teams"), Message("Teams who came: miljo 1, skatteverket 1."), prompt=Message("Teams that came"))] = field(default_factory=dict)
    figures: Annotated[Mapping[Id, Whole], Unstated, Told(Message("Figures"), Message("By id: controls 4, persons 11."), prompt=Message("What was counted"))] = field(default_factory=dict)
    note: Annotated[Text, Unstated, Told(Message("Note"))] = ""


# fmt: on


def latest(log: Iterable[Outcome]) -> Mapping[tuple[str, date | None], Outcome]:
    """The latest report of the outcome of each operation and date."""
    return {(outcome.operation, outcome.day): outcome for outcome in log}
