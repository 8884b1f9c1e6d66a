import re
from datetime import date

import pytest

from arshjul.agenda.uid import Seal, Uids


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("Göteborg 2027", "goteborg-2027.arshjul"),
        ("  Årshjul – Väst/Öst (2027) ", "arshjul-vast-ost-2027.arshjul"),
        ("tiny_1.2", "tiny-1-2.arshjul"),
        ("北京", "plan.arshjul"),
    ],
)
def test_the_host_is_the_plans_name_in_ascii(name: str, host: str) -> None:
    assert Uids.of(name).host == host


def test_the_documented_forms() -> None:
    uids = Uids.of("Göteborg 2027")
    assert uids.operation("OP-1") == "OP-1@goteborg-2027.arshjul"
    assert uids.milestone("OP-1", "nomination") == "OP-1.nomination@goteborg-2027.arshjul"
    assert uids.meeting("m", date(2027, 3, 7)) == "meeting.m.20270307@goteborg-2027.arshjul"
    assert uids.note() == "note@goteborg-2027.arshjul"


def test_a_seal_hides_what_an_event_is_and_differs_by_key_and_feed() -> None:
    plain = Uids.of("Göteborg 2027")
    some = [
        Uids(plain.host, Seal(key, feed))
        for key in (b"one", b"another")
        for feed in ("agency-miljo@busy", "agency-miljo@area", "police-lpo-city@busy")
    ]
    told = [
        uid
        for uids in some
        for uid in (
            uids.operation("OP-1"),
            uids.milestone("OP-1", "nomination"),
            uids.meeting("m", date(2027, 3, 7)),
            uids.note(),
        )
    ]
    assert all(re.fullmatch(r"[0-9a-f]{32}@goteborg-2027\.arshjul", uid) for uid in told)
    assert len(set(told)) == len(told)
    assert "key" not in repr(some[0])
