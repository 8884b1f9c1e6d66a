"""A party's view as the portal keeps it: what is read is what was written, with every way of saying when."""

from dataclasses import replace
from datetime import date

import pytest

from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.party_view import PartyView, ViewCall
from arshjul.year.domain.sent_offer import OfficersOffer, TeamsOffer
from arshjul.year.formats.feeds import view_json

VIEW = PartyView("agency-a1", "A1", "Året", "sv", "Europe/Stockholm", "", 1, None, None, (), ())
WHEN = Matching(
    frozenset({0, 6}), "day", date(2027, 7, 5), date(2027, 8, 1), weeks=frozenset({1, 53}), nth=frozenset({1, -1})
)


@pytest.mark.parametrize("when", [Matching(), WHEN, replace(WHEN, weeks="odd"), replace(WHEN, weekdays=None)])
@pytest.mark.parametrize("kind", [OfficersOffer, TeamsOffer])
def test_an_offer_is_read_as_it_was_written(kind: type[OfficersOffer | TeamsOffer], when: Matching) -> None:
    offer: OfficersOffer | TeamsOffer = TeamsOffer("H1", teams=(TeamLine(when, 2), TeamLine(when, 1, at_most=True)))
    if kind is OfficersOffer:
        offer = OfficersOffer("H1", officers=(OfficerLine(when, 4, 1), OfficerLine(when, 0, at_most=True)))
    call = ViewCall("H1", date(2027, 1, 1), date(2027, 12, 31), date(2027, 2, 20), date(2027, 3, 1), offer)
    view = replace(VIEW, calls=(call, replace(call, standing=kind("H2", nothing=True))))
    assert view_json.from_text(view_json.to_text(view)) == view
