"""What people call the rules, in a word or two; their ids stand in README, in plan.json and in JSON.

A rule's own `name` is another thing: why it forbids a slot, as part of a sentence.
"""

from collections.abc import Mapping

from arshjul.errors import Message
from arshjul.texts import titled

TITLES: Mapping[str, Message] = {
    "placement": Message("placement"),
    "open-day": Message("open day"),
    "window": Message("the operation's own times"),
    "lead-time": Message("lead time"),
    "fixed": Message("pinned time"),
    "history": Message("what has been"),
    "freeze": Message("frozen days"),
    "notice": Message("days of notice"),
    "police-officers": Message("police officers"),
    "designated-officer": Message("designated officer"),
    "agency-teams": Message("agencies' teams"),
    "agency-load": Message("agencies' load"),
    "daily-rest": Message("daily rest"),
    "sector-spacing": Message("days between operations of a sector"),
    "daily-limit": Message("most in a day or a week"),
    "follow-up": Message("follow-up"),
    "apart": Message("not on the same day"),
    "together": Message("at the same time"),
    "preferred-period": Message("preferred period"),
    "even-load": Message("even load"),
    "optional-agency": Message("optional agency"),
    "designated-preferred": Message("preferred designated officer"),
    "fair-interest": Message("fairly served interest"),
    "often-withdrawn": Message("days that are often withdrawn"),
    "guessable": Message("pattern that can be guessed"),
    "kept-close": Message("close to the old time"),
}


def rule_titled(rule: str) -> Message:
    """The rule's word with its id; the id alone where it is none of ours."""
    return titled(TITLES, rule)
