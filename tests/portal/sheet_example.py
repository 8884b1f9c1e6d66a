"""The filled example of a sheet in docs, invented; `python -m tests.portal.sheet_example` writes it anew."""

from collections.abc import Mapping
from pathlib import Path

from arshjul.year.domain.information_sheet.sections import Section, Value, sheet_of
from arshjul.year.folder.pdf import pdf_of
from arshjul.year.formats.information_sheet.grounds import read_grounds
from arshjul.year.formats.information_sheet.printed import printed
from tests.builders import swedish

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "underlag-exempel.pdf"
MARKED = "EXEMPEL. Allt är påhittat: insatsen, verksamheten och det som myndigheterna skriver."
LEAD, TAX, POLICE = NAMES = {
    "agency-miljo": "Miljöförvaltningen",
    "agency-skatt": "Skatteverket",
    "police-lpo": "LPO Exempelstad",
}
FACTS = [
    "torsdag 11 mars 2027 16:00–22:00",
    "Pizzerior i Hamnen (EXEMPEL)",
    "Bransch: restaurang. Program: AKC.",
    "Leder: Miljöförvaltningen. Polis: LPO Exempelstad.",
]


def _section(id: str, owner: str, values: Mapping[str, Value], **more: str) -> Section:
    return Section("EXEMPEL", owner, id, 1, "given", values, to=tuple(NAMES), salt="EXEMPEL", **more)  # type: ignore[arg-type]


def _why_not(section: Section, **why: str) -> Section:
    return Section(
        section.operation, section.owner, section.id, 1, "given", section.values, why, section.to, section.protects,
        section.ground, section.weighed, salt=section.salt,
    )  # fmt: skip


SECTIONS = (
    _section("A", LEAD, {
        "meeting_place": "Brandstationen, Exempelgatan 1",
        "meeting_time": "15:30",
        "leads": "Inspektör, livsmedel",
        "call": "Inspektör i beredskap; yttre befäl",
        "valid_to": "11 mars",
    }),
    _section("B", LEAD, {
        "purpose": "Hur livsmedel hanteras, och om verksamheten är registrerad.",
        "legal_ground": "Livsmedelslagen 20 §.",
        "decision": "not-needed",
    }),
    _section("B", TAX, {
        "purpose": "Kassaregister och personalliggare.",
        "legal_ground": "Skatteförfarandelagen 42 kap. 6 och 8 §.",
        "decision": "taken",
    }),
    _section("C", LEAD, {
        "reference": "EXEMPEL-1",
        "premises": "Pizzeria med kök i källaren",
        "hours": "11–22",
        "entrances": "En mot gatan, en mot gården.",
        "persons": 25,
        "languages": "svenska, engelska",
    }),
    _section("D", LEAD, {
        "visits": "2024: anmärkningar. 2025: inga.",
        "open_matter": "no",
        "indicators": ("fire-risk", "bad-conditions"),
        "sure": "3",
    }),
    _why_not(
        _section(
            "D", TAX, {"visits": "Inga.", "indicators": ("undeclared-work",), "sure": "2"}, protects="27:1",
            ground="10:15a", weighed="Behövs för att kontrollen ska bli samordnad.",
        ),
        open_matter="withheld",
    ),
    _section("E", POLICE, {"risk": "low", "measures": "Polisen går in först. Håll gården fri."}),
    _section("F", LEAD, {
        "checks": "Kylar, märkning och egenkontroll.",
        "evidence": "Bilder och temperaturer.",
        "minutes": 60,
        "order": "any",
    }),
    _why_not(
        _section("F", TAX, {
            "checks": "Kassa och personalliggare.",
            "evidence": "Kopia av personalliggaren.",
            "order": "first",
        }),
        minutes="unknown",
    ),
)  # fmt: skip


def example() -> bytes:
    """The PDF: a reader's copy as anybody gets it, marked on every page."""
    sheet = sheet_of("EXEMPEL", LEAD, NAMES, SECTIONS)
    grounds = read_grounds(ROOT / "config" / "goteborg" / "grounds.yaml")
    return pdf_of({**printed(sheet, NAMES, grounds, swedish(), FACTS), "copy": MARKED})


if __name__ == "__main__":
    FILE.write_bytes(example())
