"""Which calendar: whose, of which entries, and how much it tells of them.

Operations and meetings stand in one calendar of a party, the milestones around them in another: there
are several to an operation, and in one calendar they would push it out of sight. The calendar of all
is for addresses that were handed out when there was no other.
"""

from dataclasses import dataclass
from typing import Literal

from arshjul.agenda.party import Party, parties
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

Level = Literal["busy", "area", "full"]
LEVELS: tuple[Level, ...] = ("busy", "area", "full")
"""What a subscriber is told: that the time is taken; time and area; all that the party may see."""

Content = Literal["operations", "milestones", "all"]
CONTENTS: tuple[Content, ...] = ("operations", "milestones", "all")
"""Operations and meetings; milestones; both in one."""

LEVEL_NAMES = {"busy": Message("busy times"), "area": Message("by area"), "full": Message("everything")}
"""What people call the levels of what a subscriber is told."""

CONTENT_NAMES = {
    "operations": Message("operations"),
    "milestones": Message("milestones"),
    "all": Message("operations and milestones"),
}
"""What people call the contents of calendars."""

MARKS: dict[Content, str] = {"operations": "", "milestones": "-milestones", "all": "+milestones"}
"""What tells a party's calendars apart in their names; no id has a plus."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One calendar of a party."""

    party: Party
    level: Level = "full"
    content: Content = "operations"

    @property
    def name(self) -> str:
        """The calendar's name in the memory; at the level `full`, but for `all`, that of its file."""
        below = "" if self.level == "full" else f"@{self.level}"
        return f"{self.party}{MARKS[self.content]}{below}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Party, level and content, as a database has them."""
        return (str(self.party), self.level, self.content)


def contents(party: Party) -> tuple[Content, ...]:
    """What a party's calendars can hold: milestones are no matter of the police."""
    return tuple(content for content in CONTENTS if party.kind != "police" or content != "milestones")


def channels(party: Party) -> tuple[Channel, ...]:
    """All calendars of a party."""
    return tuple(Channel(party, level, content) for level in LEVELS for content in contents(party))


def files(scenario: Scenario) -> tuple[Channel, ...]:
    """The calendars that lie in a plan folder."""
    return tuple(
        Channel(party, "full", content)
        for party in parties(scenario)
        for content in contents(party)
        if content != "all"
    )
