"""Options for a plan folder or the published plan, and reading the plan that they give."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from arshjul.cli.console import Console
from arshjul.cli.options import say
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.domain.plan import Plan
    from arshjul.domain.scenario import Scenario

PlanFolder = Annotated[Path | None, typer.Argument(metavar="FOLDER", help=say("A plan folder."))]
PlanDb = Annotated[
    str | None, typer.Option("--db", metavar="URL", help=say("The database: a file, or postgresql://USER@HOST/NAME."))
]


class KnownPlan(Protocol):
    """A plan with its scenario, from either source."""

    @property
    def scenario(self) -> "Scenario":
        """Its scenario."""

    @property
    def plan(self) -> "Plan":
        """The plan."""


def known_plan(console: Console, folder: Path | None, db: str | None) -> KnownPlan:
    """The plan of the folder or of the database: exactly one of them must be given."""
    if (folder is None) == (db is None):
        raise InputError(Message("Give either {one} or {other}.", {"one": "FOLDER", "other": "--db"}))
    if folder is not None:
        from arshjul.actions.folder.reading import opened

        return opened(folder, console.speak)
    from arshjul.actions.publishing.learnt import published
    from arshjul.store.store import open_store

    known = published(open_store(str(db)), console.speak)
    if known.is_overtaken:
        console.talk(
            Message(
                "Version {n} of the plan, as published. The draft is left out: take it out with `arshjul checkout`.",
                {"n": known.plan.revision},
            )
        )
    return known
