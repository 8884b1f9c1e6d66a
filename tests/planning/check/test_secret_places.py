"""What of a site's name and address is looked for in texts."""

from dataclasses import replace

import pytest

from arshjul.domain.operation import Site
from arshjul.planning.check.secret_places import SecretPlaces
from tests import years


def places(name: str, address: str) -> SecretPlaces:
    """Of a year with that site alone, in sector `restaurang`, area `city`."""
    year = years.scenario()
    sites = (Site("S1", name, address),)
    operations = {id: replace(one, sector="restaurang", sites=()) for id, one in year.operations.items()}
    first = next(iter(operations))
    operations[first] = replace(operations[first], sites=sites)
    return SecretPlaces(replace(year, operations=operations, objects={}, names={"restaurang": "Krogar"}))


@pytest.mark.parametrize(
    ("name", "address", "text"),
    [
        ("Kanariekrogen", "Borås", "Möte i Borås"),
        ("Restaurang", "Centrum", "restaurang i centrum"),
        ("Krogar", "Avenyn 1", "Krogar på Avenyn"),
        ("City", "Avenyn 1", "city"),
    ],
)
def test_ordinary_words_are_no_secrets(name: str, address: str, text: str) -> None:
    assert not places(name, address).are_in(text)


@pytest.mark.parametrize("text", ["vid kanariekrogen", "Avenyn 12", "bakom AVENYN  12, 2 tr"])
def test_a_name_and_a_house_are_secret(text: str) -> None:
    assert places("Kanariekrogen", "Avenyn 12, Borås").are_in(text)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Samling vid Glada Mastens Krog", True),
        ("utanför glada mastens krogs entré", True),
        ("Glada Mastens Krog AB", True),
        ("Avenyn 12 A", True),
        ("Avenyn 12a", True),
        ("Avenyn 120", False),
        ("Glada krogar", False),
        ("en AB-krog", False),
    ],
)
def test_a_business_is_known_as_people_say_it(text: str, is_told: bool) -> None:
    for end in ("AB", "Aktiebolag", "Enskild firma", ""):
        assert places(f"Glada Mastens Krog {end}", "Avenyn 12A, 2 tr").are_in(text) is is_told


def test_a_name_that_is_an_ending_alone_stays_one() -> None:
    assert places("AB", "").are_in("hos AB")
