"""Numbers of organisations and persons are told from telephone numbers by series and check digit."""

import pytest

from arshjul.year.domain.business_traces import identity_numbers


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("556677-8899", ["organisation"]),
        ("5566778899", ["organisation"]),
        ("165566778899", ["organisation"]),
        ("5566778898", []),  # its check digit is another
        ("556677-8898", ["organisation"]),  # and so it is a slip
        ("195566778899", []),  # a century is a person's
        ("811218-9876", ["person"]),
        ("556677\u20138899 811218\u20119876", ["organisation", "person"]),  # as word processors and phones write them
        ("198112189876", ["person"]),
        ("8112789873", ["person"]),  # of co-ordination: sixty days later
        ("811232-9876", []),
        ("Ring 0701740605 innan", []),
        ("0313900600", []),
        ("+46701740605", []),
        ("070-174 06 05", []),
        ("270115 0830-1200", []),
        ("556677-8899 och 811218-9876", ["organisation", "person"]),
    ],
)
def test_which_numbers_are_of_whom(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in identity_numbers(text)] == kinds


def test_nine_of_ten_slips_in_a_number_are_seen() -> None:
    """Of the ten last digits one alone is right, whatever stands before it."""
    for begin in ("556677889", "811218987", "212000014"):
        assert sum(bool(list(identity_numbers(begin + str(last)))) for last in range(10)) == 1
