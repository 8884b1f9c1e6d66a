"""The one list of a police unit in words: as what a PDF is made of, and as sheets of a workbook."""

from collections.abc import Sequence
from datetime import date

from arshjul.domain.unit_list import Order, Orderer, UnitList
from arshjul.sheets import Heading, Look, SheetOut, Value
from arshjul.texts import Words


def unit_list_pages(found: UnitList, first: date, say: Words) -> dict[str, object]:
    """What a PDF is made of: who may order, and the orders from that date on."""
    orders = [one for one in found.orders if one.day >= first]
    title = say("Requests to {unit}", unit=found.unit)
    who = [say("Who orders"), say("What for"), say("How to reach them"), say("Operations"), say("Officers")]
    when = [say("Date"), say("Hours"), say("Operation"), say("Officers")]
    when += [say("Who orders"), say("What for"), say("Clash")]
    return {
        "title": title,
        "language": say.language,
        "copy": f"{found.year}. {said_areas(found, say)}",
        "mark": say("From {day}", day=first),
        "wide": True,
        "lines": list(about(found, say)),
        "sections": [
            {
                "title": say("Rights to order"),
                "lines": [],
                "header": who,
                "widths": [4, 5, 4, 1, 1],
                "rows": [_orderer(one, say) for one in found.orderers],
            },
            {
                "title": say("By date"),
                "lines": [],
                "header": when,
                "widths": [4, 2, 4, 3, 4, 2, 3],
                "rows": [_order(one, say) for one in orders],
            },
        ],
    }


def about(found: UnitList, say: Words) -> list[str]:
    """What stands above it."""
    said = [say("All that is asked of the unit, in every programme.")]
    if found.n_at_once:
        said.append(say("Clashes: {n}.", n=found.n_at_once))
    return said


def said_areas(found: UnitList, say: Words) -> str:
    return say("Areas: {areas}", areas=list(found.areas))


def _orderer(one: Orderer, say: Words) -> list[str]:
    who = f"{one.lead} ({one.role})" if one.role else one.lead
    return [who, what_for(one, say), ", ".join(one.reached) or "–", str(one.n_operations), str(one.officers)]


def what_for(one: Orderer, say: Words) -> str:
    """The programme and who owns it, what it is about, and the sectors."""
    programme = say("{programme}, by {owner}", programme=one.programme, owner=one.owner) if one.owner else one.programme
    programme = f"{programme}: {one.purpose}" if one.purpose else programme
    return say("{programme}. Sectors: {sectors}", programme=programme, sectors=list(one.sectors))


def _order(one: Order, say: Words) -> list[str]:
    what = f"{one.operation} {one.area}: {one.sector}" + (f". {needs_said(one, say)}" if one.needs else "")
    return [say.day(one.day), one.hours, what, officers_said(one, say), one.lead, one.programme, clash_said(one, say)]


def needs_said(one: Order, say: Words) -> str:
    """What the agencies that come need to know; empty if nothing is known."""
    if not one.needs:
        return ""
    return say("The others need to know: {needs}", needs="; ".join(f"{agency}: {text}" for agency, text in one.needs))


def officers_said(one: Order, say: Words) -> str:
    """How many, and whether one is to be designated, or another unit serves it."""
    if not one.serves:
        return say("{n}, lent to another unit", n=one.officers)
    if one.designated == "none":
        return str(one.officers)
    known = {
        "require": say("{n}, one designated", n=one.officers),
        "prefer": say("{n}, one designated if possible", n=one.officers),
    }
    return known[one.designated]


def clash_said(one: Order, say: Words) -> str:
    said = [say("At the same time as {operations}", operations=list(one.at_once))] if one.at_once else []
    said += [say("Same day as {operations}", operations=list(one.same_day))] if one.same_day else []
    return ". ".join(said)


def unit_list_sheets(found: UnitList, say: Words) -> list[SheetOut]:
    year = f"{found.unit}, {found.year}"
    headings = [
        Heading(say("Date"), 12, "date"),
        Heading(say("Weekday"), 11),
        Heading(say("Hours"), 13),
        Heading(say("Operation"), 12),
        Heading(say("Area"), 16),
        Heading(say("Sector"), 22),
        Heading(say("Officers"), 24),
        Heading(say("Who orders"), 34, "wrap"),
        Heading(say("Programme"), 16),
        Heading(say("Clash"), 34, "wrap"),
        Heading(say("The others need to know"), 50, "wrap"),
    ]
    rows: list[Sequence[Value]] = [
        [
            *(one.day, say.weekday(one.day), one.hours, one.operation, one.area, one.sector),
            *(officers_said(one, say), one.lead, one.programme, clash_said(one, say) or None),
            "; ".join(f"{agency}: {text}" for agency, text in one.needs) or None,
        ]
        for one in found.orders
    ]
    looks: dict[tuple[int, int], Look] = {
        (row, len(headings) - 2): "full" for row, one in enumerate(found.orders, 1) if one.at_once
    }
    who = [
        Heading(say("Who orders"), 36, "wrap"),
        Heading(say("Role"), 36, "wrap"),
        Heading(say("What for"), 50, "wrap"),
        Heading(say("How to reach them"), 40, "wrap"),
        Heading(say("Operations"), 11, "whole"),
        Heading(say("Officers"), 11, "whole"),
    ]
    roles: list[Sequence[Value]] = [
        [one.lead, one.role or None, what_for(one, say), ", ".join(one.reached) or None, one.n_operations, one.officers]
        for one in found.orderers
    ]
    return [
        SheetOut(say("By date"), headings, rows, about=year, looks=looks),
        SheetOut(say("Rights to order"), who, roles, about=year),
    ]
