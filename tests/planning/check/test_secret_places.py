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
