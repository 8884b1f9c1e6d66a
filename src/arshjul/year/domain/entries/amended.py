"""A scenario as it was given, and with a year's changes made: teams lost, operations new, cancelled, pinned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from arshjul.errors import InputError, Message
from arshjul.year.domain.declaration import ById, Id
from arshjul.year.domain.entries.amendment import Amendment
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.parties import TeamLine
from arshjul.year.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Given:
    """Input in whose place a plan's scenario has something else, since entries changed it or it has begun.

    `operations` by id, without their sites; None: it was not given. `teams` are the lines of agencies.
    """

    operations: Mapping[str, Operation | None] = field(default_factory=dict)
    teams: Annotated[Mapping[Id, tuple[TeamLine, ...]], ById("agency", "teams")] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Scenario, scenario: Scenario) -> "Given":
        former, now = given.operations, scenario.operations
        ids = [id for id in {**former, **now} if former.get(id) != now.get(id)]
        operations = {id: replace(former[id], sites=()) if id in former else None for id in ids}
        there = given.agencies.keys() & scenario.agencies.keys()
        teams = {id: given.agencies[id].teams for id in scenario.agencies if id in there}
        return cls(operations, {id: lines for id, lines in teams.items() if lines != scenario.agencies[id].teams})

    def scenario(self, now: Scenario) -> Scenario:
        """The scenario of the plan as it was given, with the sites that it has now."""
        operations = {id: self.operations.get(id, one) for id, one in {**now.operations, **self.operations}.items()}
        agencies = {
            id: replace(agency, teams=self.teams[id]) if id in self.teams else agency
            for id, agency in now.agencies.items()
        }
        return replace(
            now,
            agencies=agencies,
            operations={
                id: replace(operation, sites=now.operations[id].sites) if id in now.operations else operation
                for id, operation in operations.items()
                if operation is not None
            },
        )


def with_teams_of(given: Scenario, scenario: Scenario) -> Scenario:
    """The scenario with the teams that its agencies were given, before any fell away."""
    agencies = {
        id: replace(agency, teams=given.agencies[id].teams) if id in given.agencies else agency
        for id, agency in scenario.agencies.items()
    }
    return replace(scenario, agencies=agencies)


def amended(scenario: Scenario, changes: Iterable[Amendment]) -> Scenario:
    """The scenario with the changes made in their order; withdrawals are applied apart (`Scenario.after`).

    InputError if an operation is cancelled on which another one depends.
    """
    new = scenario
    for change in changes:
        new = change.on(new)
    for operation in new.operations.values():
        for other in (operation.after and operation.after.operation, operation.same_slot_as):
            if other is not None and other not in new.operations:
                raise InputError(
                    Message(
                        "{other} cannot be cancelled alone: cancel {operation} too, which depends on it.",
                        {"other": other, "operation": operation.id},
                    )
                )
    return new
