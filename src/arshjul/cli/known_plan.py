"""Options of a plan folder, or of the plan that is published, and the plan that is meant."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from arshjul.cli.console import Console, answering
from arshjul.cli.options import say
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.domain.plan import Plan
    from arshjul.domain.scenario import Scenario

PlanFolder = Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help=say("A plan folder."))]
PlanDb = Annotated[
    str | None, typer.Option("--db", metavar="URL", help=say("The database, for the plan that is published."))
]


class KnownPlan(Protocol):
    """A plan with its scenario, wherever it lies."""

    @property
    def scenario(self) -> "Scenario":
        """Its scenario."""

    @property
    def plan(self) -> "Plan":
        """The plan."""


@contextmanager
def on_plan(folder: Path | None, db: str | None, as_json: bool, debug: bool) -> Iterator[tuple[Console, KnownPlan]]:
    """A console, and the plan of the folder or of the database: one of the two is given."""
    if db is not None and folder is None:
        with answering(as_json, debug) as console:
            from arshjul.actions.publishing.published_plan import published
            from arshjul.store.store import open_store

            known = published(open_store(db), console.speak)
            if known.is_overtaken:
                console.talk(
                    Message(
                        "This is what is published, revision {n}. What was entered or chosen since is not in it: "
                        "publish first, or take the draft out with `arshjul checkout`.",
                        {"n": known.revision},
                    )
                )
            yield console, known
        return
    with answering(as_json, debug) as console:
        from arshjul.actions.folder.plan_reading import opened

        if folder is None or db is not None:
            raise InputError(Message("Name a plan folder, or a database with --db: one of the two."))
        yield console, opened(folder, console.speak)
