"""What the portal shows a party of its own dates."""

from dataclasses import replace

import pytest

from arshjul.agenda.channel import Channel
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.party import Party
from arshjul.agenda.party_view import PublishedAs, party_view
from arshjul.agenda.view import times_told, view
from tests.agenda.histories import WORDS
from tests.builders import placement, plan, scenario


@pytest.mark.parametrize(
    ("party", "n"),
    [(Party("police", "lpo-city"), 1), (Party("agency", "miljo"), 1), (Party("agency", "skatteverket"), 2)],
)
def test_a_date_says_how_many_come_from_the_party_not_how_many_are_wanted(party: Party, n: int) -> None:
    there = scenario()
    made = plan(there, [replace(placement(), officers=1)])
    told = view(made, there, Channel(party, "full", "operations"), FeedHistory(), WORDS).said
    shown = party_view(
        there, made, party, [told], PublishedAs(1, made.as_of, there.name, None), times_told(there, made, FeedHistory())
    )
    assert [one.number for one in shown.events if one.operation] == [n]
