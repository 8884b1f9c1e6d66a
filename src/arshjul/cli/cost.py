"""cost: what would come in if a rule were a step looser."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console, ProgressLine
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import AsOf, Commands, Limit, moment_or_now, say
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.agenda.channel import Level
    from arshjul.planning.worth.cost import CostOfRule, CostOfStep

RuleName = Annotated[
    str | None,
    typer.Argument(
        metavar="RULE", help=say("The rule, or one setting of it; without it, all that can be named are told.")
    ),
]
AtLevel = Annotated[
    str,
    typer.Option(
        "--level", metavar="LEVEL", help=say("How operations are named: full, by area, or busy: only how many.")
    ),
]


@command
def cost(
    console: Console,
    folder: PlanFolder = None,
    rule: RuleName = None,
    db: PlanDb = None,
    level: AtLevel = "full",
    as_of: AsOf = None,
    time_limit: Limit = 60,
) -> None:
    from arshjul.actions.folder.cost import cost as cost_of
    from arshjul.agenda.channel import level_named
    from arshjul.planning.effort import Effort

    if db is not None and rule is None and folder is not None:  # of a database, the rule is all that is named
        folder, rule = None, str(folder)
    shown = level_named(level)
    known = known_plan(console, folder, db)
    line = ProgressLine(console)

    def told(n: int, of: int) -> None:
        line.show(Message("{n} of {all} steps", {"n": n, "all": of}))

    found = cost_of(known.scenario, known.plan, rule or "", moment_or_now(as_of), Effort(time_limit), told)
    line.clear()
    if console.as_json:
        console.json(_mapping(found, shown))
        return
    from arshjul.planning.worth.cost_said import cost_said

    console.sections(cost_said(known.scenario, found, shown))


def _mapping(found: "CostOfRule", level: "Level") -> dict[str, object]:
    musts, points = found.before.levels
    return {
        "rule": found.rule.id,
        "left_out": found.before.out,
        "musts": musts,
        "points": points,
        "unaided": found.unaided,
        "quality": None if found.quality is None else found.quality.value,
        "not_reached": found.n_asked - len(found.steps),
        "steps": [_step(found, one, level) for one in found.steps],
    }


def _step(found: "CostOfRule", one: "CostOfStep", level: "Level") -> dict[str, object]:
    musts, points = one.after.levels
    came_in, went_out = found.came_in(one), found.went_out(one)
    ids = {"operations": {"came_in": came_in, "went_out": went_out}} if level == "full" else {}
    return {
        "of": one.step.of,
        "came_in": len(came_in),
        "went_out": len(went_out),
        **ids,
        "musts": musts,
        "points": points,
        "moves": one.after.moved - found.before.moved,
        "proven": found.is_proven(one),
        "quality": None if one.quality is None else {"value": one.quality.value, "bound": one.quality.bound},
    }


commands: Commands = {"cost": (cost, say("What a rule costs: what would come in if it were a step looser, proven."))}
