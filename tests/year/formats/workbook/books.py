"""Workbooks as others make them: a small right one by hand, through another library, to be bent by tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

RIGHT: Mapping[str, Rows] = {
    "Insatser": [
        ["Nr", "Titel", "Bransch", "Område", "Prioritet", "Måste", "Poliser", "Från", "Till", "Pass", "Veckodagar", "Nominerad", "miljo", "skatt", "Program", "Ansvarig"],
        ["OP-1", "Krogar runt torget", "Restaurang", "City", 1, "ja", 2, date(2027, 2, 1), date(2027, 5, 31), "Dag, Kväll", "tis, ons", date(2026, 12, 1), 1, "(1)", "akc", "miljo"],
        ["OP-2", "Verkstäder", "fordon", "syd", None, None, None, None, None, None, None, None, 1, None, "akc", "miljo"],
    ],
    "Objekt": [["Insats", "Ref", "Namn", "Adress"], ["OP-1", "2027-0012", "Hemliga krogen AB", "Smyggatan 1"]],
    "Poliser": [
        ["Enhet", "Från", "Till", "Veckodagar", "Pass", "Antal"],
        ["lpo", None, None, "mån–fre", None, 4],
        ["LPO City", date(2027, 2, 15), date(2027, 2, 19), None, "Dag", 0],
    ],
    "Lag": [["Myndighet", "Från", "Till", "Veckodagar", "Pass", "Antal"], ["miljo", None, None, None, None, 2], ["skatt", None, None, None, None, 1]],
    "Myndigheter": [["Id", "Namn", "Slag"], ["miljo", "Miljöförvaltningen", "kommunal"], ["skatt", "Skatteverket", "statlig"]],
    "Enheter": [["Id", "Namn", "Slag", "Områden"], ["lpo", "LPO City", "lokal", "City, syd"]],
    "Områden": [["Id", "Namn"], ["city", "City"], ["syd", "Syd"]],
    "Pass": [["Id", "Namn", "Start", "Slut"], ["day", "Dag", "09:00", "15:00"], ["evening", "Kväll", "16:00", "22:00"]],
    "Kalender": [["Id", "Namn", "Från", "Till"], [None, "Semester", date(2027, 7, 12), date(2027, 8, 8)]],
    "Regler": [
        ["Id", "Namn", "Värde"],
        ["plan.name", None, "Staden 2027"],
        ["plan.from", None, date(2027, 1, 1)],
        ["plan.to", None, date(2027, 12, 31)],
        ["calendar.country", None, "SE"],
        ["lead_time_days", None, 42],
    ],
    "Ord": [["Id", "Namn"], ["restaurant", "Restaurang"], ["fordon", "Fordon"]],
}  # fmt: skip
SECRETS = ("Hemliga krogen", "Smyggatan", "2027-0012")


def book(sheets: Mapping[str, Rows] = RIGHT, **changed: Any) -> Workbook:
    """The sheets as a workbook; `changed` are cells by sheet and name: `Insatser_F3="nej"`."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for spot, value in changed.items():
        name, _, cell = spot.rpartition("_")
        made[name][cell] = value
    return made


def data_of(made: Workbook) -> bytes:
    """The workbook's bytes."""
    data = BytesIO()
    made.save(data)
    return data.getvalue()


def saved(folder: Path, made: Workbook | bytes, name: str = "book.xlsx") -> Path:
    """The workbook as a file."""
    path = folder / name
    path.write_bytes(made if isinstance(made, bytes) else data_of(made))
    return path
