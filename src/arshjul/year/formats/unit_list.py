"""The one list of a police unit in words: as what a PDF is made of, and as sheets of a workbook."""

from datetime import date

from arshjul.year.domain.party_view import Order, Orderer, UnitList
from arshjul.year.sheets import Column, Heading, Look, SheetOut, table
from arshjul.year.texts import Words


def unit_list_pages(found: UnitList, first: date, say: Words) -> dict[str, object]:
    orders = [order for order in found.orders if order.day >= first]
    title = say("Requests to {unit}", unit=found.unit)
    who = [say("Who orders"), say("What for"), say("How to reach them"), say("Operations"), say("Officers")]
    when = [say("Date"), say("Hours"), say("Operation"), say("Officers")]
    when += [say("Who orders"), say("What for"), say("Clash")]
    return {
        "title": title,
        "language": say.language,
        "copy": f"{found.year}. " + say("Areas: {areas}", areas=list(found.areas)),
        "mark": say("From {day}", day=first),
        "wide": True,
        "lines": list(about(found, say)),
        "sections": [
            {
                "title": say("Rights to order"),
                "lines": [],
                "header": who,
                "widths": [4, 5, 4, 1, 1],
                "rows": [_orderer(orderer, say) for orderer in found.orderers],
            },
            {
                "title": say("By date"),
                "lines": [],
                "header": when,
                "widths": [4, 2, 4, 3, 4, 2, 3],
                "rows": [_order(order, say) for order in orders],
            },
        ],
    }


def about(found: UnitList, say: Words) -> list[str]:
    said = [say("All that is asked of the unit, in every programme.")]
    if found.n_at_once:
        said.append(say("Clashes: {n}.", n=found.n_at_once))
    return said


def _orderer(one: Orderer, say: Words) -> list[str]:
    who = f"{one.lead} ({one.role})" if one.role else one.lead
    return [who, what_for(one, say), ", ".join(one.reached) or "–", str(one.n_operations), str(one.officers)]


def what_for(one: Orderer, say: Words) -> str:
    programme = say("{programme}, by {owner}", programme=one.programme, owner=one.owner) if one.owner else one.programme
    programme = f"{programme}: {one.purpose}" if one.purpose else programme
    return say("{programme}. Sectors: {sectors}", programme=programme, sectors=list(one.sectors))


def _order(one: Order, say: Words) -> list[str]:
    what = f"{one.operation} {one.area}: {one.sector}" + (f". {needs_said(one, say)}" if one.needs else "")
    return [say.day(one.day), one.hours, what, officers_said(one, say), one.lead, one.programme, clash_said(one, say)]


def needs_said(one: Order, say: Words) -> str:
    """Information for the agencies that come; empty if nothing is known."""
    if not one.needs:
        return ""
    return say("The others need to know: {needs}", needs="; ".join(f"{agency}: {text}" for agency, text in one.needs))


def officers_said(one: Order, say: Words) -> str:
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
    orders: list[Column[Order]] = [
        (Heading(say("Date"), 12, "date"), lambda one: one.day),
        (Heading(say("Weekday"), 11), lambda one: say.weekday(one.day)),
        (Heading(say("Hours"), 13), lambda one: one.hours),
        (Heading(say("Operation"), 12), lambda one: one.operation),
        (Heading(say("Area"), 16), lambda one: one.area),
        (Heading(say("Sector"), 22), lambda one: one.sector),
        (Heading(say("Officers"), 24), lambda one: officers_said(one, say)),
        (Heading(say("Who orders"), 34, "wrap"), lambda one: one.lead),
        (Heading(say("Programme"), 16), lambda one: one.programme),
        (Heading(say("Clash"), 34, "wrap"), lambda one: clash_said(one, say) or None),
        (
            Heading(say("The others need to know"), 50, "wrap"),
            lambda one: "; ".join(f"{agency}: {text}" for agency, text in one.needs) or None,
        ),
    ]
    looks: dict[tuple[int, int], Look] = {
        (row, len(orders) - 2): "full" for row, one in enumerate(found.orders, 1) if one.at_once
    }
    who: list[Column[Orderer]] = [
        (Heading(say("Who orders"), 36, "wrap"), lambda one: one.lead),
        (Heading(say("Role"), 36, "wrap"), lambda one: one.role or None),
        (Heading(say("What for"), 50, "wrap"), lambda one: what_for(one, say)),
        (Heading(say("How to reach them"), 40, "wrap"), lambda one: ", ".join(one.reached) or None),
        (Heading(say("Operations"), 11, "whole"), lambda one: one.n_operations),
        (Heading(say("Officers"), 11, "whole"), lambda one: one.officers),
    ]
    return [
        table(say("By date"), orders, found.orders, say, about=year, looks=looks),
        table(say("Rights to order"), who, found.orderers, say, about=year),
    ]
