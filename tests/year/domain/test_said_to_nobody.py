"""Sites and meeting places may stand in no traceback and no log: what says an object leaves them out."""

from datetime import time

from arshjul.year.domain.operation import Site
from arshjul.year.domain.parties import Area
from arshjul.year.domain.settings import Meet, Meeting
from arshjul.year.formats.schema.declared import shape

MEET = Meet("Kajen 7", time(7, 30))


def test_no_meeting_place_is_said() -> None:
    area = Area("a", "Area", meet=MEET)
    said = repr((area, Meeting("m", "Meeting", meet=MEET), shape(Area).of(area)))
    assert "Area" in said
    assert "Kajen" not in said


def test_no_site_is_said() -> None:
    site = Site("R-1", "Kiosken", "Storgatan 1")
    said = repr((site, shape(Site).of(site)))
    assert all(word not in said for word in ("R-1", "Kiosken", "Storgatan"))
