"""log: the entries of a year."""

from typing import TYPE_CHECKING

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import Commands, say
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.actions.folder.log import YearLog


@command
def log(console: Console, folder: PlanFolder = None, db: PlanDb = None) -> None:
    from arshjul.actions.folder.log import log as told

    known = known_plan(console, folder, db)
    _show(console, told(known.scenario, known.plan))


def _show(console: Console, found: "YearLog") -> None:
    from arshjul.formats.plan.log_json import log_mapping

    if console.as_json:
        texts = [{"revision": one.entry.revision, "text": console.words.say(one.text)} for one in found.lines]
        console.json({**log_mapping(found.entries), "log": texts})
        return
    for line in found.lines:
        console.data(console.words.say(line.text))
    if not found.lines:
        console.talk(Message("Nothing has been entered yet."))


commands: Commands = {"log": (log, say("What happened in the year and what was decided, the newest first."))}
