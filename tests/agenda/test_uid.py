from datetime import date

import pytest

from arshjul.agenda.uid import Uids


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


def test_the_forms_that_the_contract_gives() -> None:
    uids = Uids.of("Göteborg 2027")
    assert uids.operation("OP-1") == "OP-1@goteborg-2027.arshjul"
    assert uids.milestone("OP-1", "nomination") == "OP-1.nomination@goteborg-2027.arshjul"
    assert uids.meeting("m", date(2027, 3, 7)) == "meeting.m.20270307@goteborg-2027.arshjul"
    assert uids.note() == "note@goteborg-2027.arshjul"
