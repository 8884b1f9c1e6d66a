"""what-if: what one more of a party, or a rule a step looser, would bring in."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console, ProgressLine
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import AsOf, Commands, Limit, moment_or_now, say
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.agenda.channel import Level
    from arshjul.planning.what_if.what_if import Step, WhatIf, WhatIfQuestion

PartyName = Annotated[
    str | None,
    typer.Option("--party", metavar="PARTY", help=say("The party: one more team, or two more officers, each month.")),
]
RuleName = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help=say("A rule or a setting, one step looser."))
]
AtLevel = Annotated[
    str,
    typer.Option("--level", metavar="LEVEL", help=say("Level of detail: busy, area or full.")),
]


@command
def what_if(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    party: PartyName = None,
    rule: RuleName = None,
    level: AtLevel = "full",
    as_of: AsOf = None,
    time_limit: Limit = 60,
) -> None:
    from arshjul.actions.folder.explain import what_if as found_of
    from arshjul.agenda.channel import level_named
    from arshjul.planning.effort import Effort
    from arshjul.planning.what_if.what_if import question_of, title
    from arshjul.planning.what_if.what_if_report import sentences, table

    shown = level_named(level)
    known = known_plan(console, folder, db)
    asked = question_of(known.scenario, party, rule)
    line = ProgressLine(console)

    def told(n: int, of: int) -> None:
        line.show(Message("{n} of {all} steps", {"n": n, "all": of}))

    found = found_of(known.scenario, known.plan, asked, moment_or_now(as_of), Effort(time_limit), told)
    line.clear()
    if console.as_json:
        console.json(_mapping(asked, found, shown))
        return
    for sentence in sentences(known.scenario, title(known.scenario, asked), found, shown):
        console.data(console.words.say(sentence))
    console.columns(table(found, console.words))


def _mapping(asked: "WhatIfQuestion", found: "WhatIf", level: "Level") -> dict[str, object]:
    musts, points = found.before.levels
    return {
        asked.kind: asked.id,
        "left_out": len(found.before.left_out),
        "musts": musts,
        "points": points,
        "without_fall_back": found.weak,
        "unaided": found.unaided,
        "quality": None if found.quality is None else found.quality.value,
        "steps": [_step(step, level) for step in found.steps],
        "not_reached": [one.of for one in found.asked[len(found.steps) :]],
    }


def _step(step: "Step", level: "Level") -> dict[str, object]:
    operations = {key: getattr(step, key) for key in ("came_in", "went_out", "moved", "fall_backs")}
    musts, points = step.levels
    return {
        "of": step.loosening.of,
        **{key: len(ids) for key, ids in operations.items()},
        **({"operations": operations} if level == "full" else {}),
        "musts": musts,
        "points": points,
        "quality": None if step.quality is None else {"value": step.quality.value, "bound": step.quality.bound},
        "proven": step.proven,
    }


commands: Commands = {"what-if": (what_if, say("Effect of one more team, or a looser rule."))}
