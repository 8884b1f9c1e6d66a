"""The one list of a police unit: all that is asked of it by whomever, what clashes marked, and nothing else."""

from dataclasses import asdict, replace
from datetime import date

from arshjul.agenda.unit_list import unit_list
from arshjul.domain.unit_list import UnitList
from tests import builders
from tests.builders import operation, placement

TUESDAY, WEDNESDAY = date(2027, 3, 2), date(2027, 3, 3)
NAMES = {
    "restaurant": "Restaurang", "akc": "AKC-väst", "gvi": "GVI", "gvi.purpose": "minska gängvåldet",
    "miljo.role": "leder kontroller mot osund konkurrens", "skatteverket.role": "kontrollerar kassor",
}  # fmt: skip
SECRETS = ("Avenyn", "Exempelkrogen", "Exempelgatan", "2027-0012")


def asked(unit: str = "lpo-city") -> UnitList:
    """Five operations of two agencies and two programmes; one is another unit's, to which the first lends officers."""
    operations = [
        operation("OP-1", designated="prefer"),
        operation("OP-2", lead_agency="skatteverket", programme="gvi", officers=4),
        operation("OP-3", days=2),
        operation("OP-4", police_also={"lpo-city": 2}, area="hisingen", officers=6),
        operation("OP-5"),
    ]
    year = builders.scenario(operations, names=NAMES)
    miljo = replace(year.agencies["miljo"], phone="031-390 06 00", email="samordnare@example.org")
    year = replace(year, agencies={**year.agencies, "miljo": miljo})
    places = [
        placement("OP-1", TUESDAY),
        placement("OP-2", TUESDAY),
        placement("OP-3", TUESDAY, "evening"),
        placement("OP-4", WEDNESDAY, police="lpo-hisingen"),
    ]
    return unit_list(year, builders.plan(year, places), unit)


def test_it_has_every_date_that_wants_its_officers_in_order() -> None:
    found = [(one.operation, one.day, one.hours, one.officers) for one in asked().orders]
    assert found == [
        ("OP-1", TUESDAY, "09:00–15:00", 2),
        ("OP-2", TUESDAY, "09:00–15:00", 4),
        ("OP-3", TUESDAY, "16:00–22:00", 2),
        ("OP-4", WEDNESDAY, "09:00–15:00", 2),
        ("OP-3", WEDNESDAY, "16:00–22:00", 2),
    ]
    assert [one.serves for one in asked().orders] == [True, True, True, False, True]
    assert [one.operation for one in asked("lpo-hisingen").orders] == ["OP-4"]


def test_what_is_asked_at_once_is_marked_and_so_is_the_same_day() -> None:
    one, two, three, *_ = found = asked().orders
    assert (one.at_once, two.at_once, three.at_once) == (("OP-2",), ("OP-1",), ())
    assert (one.same_day, three.same_day) == (("OP-3",), ("OP-1", "OP-2"))
    assert found[3].at_once == (), "the evening of the same operation is another's, not its own clash"
    assert asked().n_at_once == 2


def test_it_says_who_may_order_what_with_the_role_that_the_names_give() -> None:
    first, second = asked().orderers
    assert (first.lead, first.role) == ("Miljöförvaltningen, Osund konkurrens", NAMES["miljo.role"])
    assert first.reached == ("Samordnaren mot osund konkurrens", "031-390 06 00", "samordnare@example.org")
    assert (first.n_operations, first.officers) == (3, 2 + 2 * 2 + 2), "each date by itself"
    assert (second.lead, second.programme, second.purpose) == ("Skatteverket", "GVI", "minska gängvåldet")


def test_no_title_and_no_site_is_in_it_nor_what_others_send() -> None:
    written = str(asdict(asked()))
    assert not [secret for secret in SECRETS if secret in written]
    assert "Arbetsmiljöverket" not in written
    assert "OP-5" not in written, "what has no place is nobody's order yet"
