"""What a scenario says of its words."""

from arshjul.year.domain.scenario import Programme
from tests import builders

NAMES = {
    "restaurant": "Restaurang", "tobacco": "Tobak", "gone": "Nedlagt program",
    "miljo.role": "Beställer tillsyn", "gone.role": "Beställde kontroller",
}  # fmt: skip


def test_a_programme_is_no_sector_when_its_last_operation_is_gone() -> None:
    """Sectors stand in every party's form, and in the portal's database."""
    gone = {"gone": Programme("gone", "Nedlagt program")}
    made = builders.scenario([builders.operation(sector="restaurant")], names=NAMES, programmes=gone)
    assert made.sectors == ("restaurant", "tobacco")


def test_what_an_agency_or_a_programme_does_is_no_sector() -> None:
    scenario = builders.scenario([builders.operation(sector="restaurant")], names=NAMES)
    assert scenario.role("miljo") == "Beställer tillsyn"
    assert not [id for id in scenario.sectors if id.endswith(".role")]
