"""plan.xlsx: the coordinator's plan as sheets, to sort and to filter. It has the same content as the page."""

from collections.abc import Iterator

from arshjul.agenda.lenders import Lender, Use
from arshjul.agenda.overview import Overview, UnplacedView
from arshjul.agenda.revised import Changed, Revised, Where
from arshjul.agenda.year import EXCEPTIONAL, STATUS_NAMES, PlannedOperation
from arshjul.errors import Message
from arshjul.render.page.says import Says
from arshjul.render.wheel import says
from arshjul.render.workbook.columns import day_cells, day_headings, new_groups
from arshjul.rules.objectives import UNSETTLED
from arshjul.sheets import GREEN, RED, Heading, Look, SheetOut, Value, workbook_bytes
from arshjul.texts import Words

_MUCH = 0.75  # the share of an offer from which its use is highlighted
Spots = dict[tuple[int, int], Look]


def plan_workbook(overview: Overview, words: Words) -> bytes:
    """The workbook, the same bytes for the same overview."""
    book = _Book(overview, words)
    sheets = [book.plan(), book.left_out(), book.use()]
    if overview.revised is not None:
        sheets.append(book.changed(overview.revised))
    sheets.append(book.proof())
    return workbook_bytes(sheets, words)


class _Book:
    def __init__(self, overview: Overview, words: Words) -> None:
        self.overview, self.view, self.words = overview, overview.year, words
        self.shifts = {shift.id: shift.name for shift in self.view.shifts}
        values = {"name": self.view.name, "n": self.view.revision, "as_of": self.view.as_of}
        seen = words("{name}, version {n}, as of {as_of}", **values)
        self.about = f"{says.confidential(words)} {seen}"

    def plan(self) -> SheetOut:
        """A row for each placed operation, in the order of the dates."""
        words, placed = self.words, self.view.operations
        hours = "\n".join(says.shift_words(shift) for shift in self.view.shifts)
        headings = [
            Heading(words("No."), 10),
            Heading(words("Operation"), 32, "wrap"),
            *day_headings(words),
            Heading(words("Shift"), 10, note=hours),
            Heading(words("Area"), 18, "wrap"),
            Heading(words("Sector"), 16, "wrap"),
            Heading(words("Police unit"), 17, "wrap"),
            Heading(words("Officers"), 8, "whole"),
            Heading(words("Agencies"), 36, "wrap"),
            Heading(
                words("Status"),
                15,
                "wrap",
                note=words(
                    "Scheduled: the date stands, and may still be changed. "
                    "Confirmed: so near that it is not moved any more."
                ),
            ),
            Heading(words("Remark"), 16, "wrap"),
        ]
        looks: Spots = {
            (row, len(headings) - 2): "strong" for row, one in enumerate(placed, 1) if one.status in EXCEPTIONAL
        }
        rows = [self._placed(placement) for placement in placed]
        groups = new_groups([(placement.slot.day.year, placement.slot.day.month) for placement in placed])
        return SheetOut(words("Plan"), headings, rows, kept=2, about=self.about, looks=looks, groups=groups)

    def _placed(self, one: PlannedOperation) -> list[Value]:
        words, stops = self.words, self.overview.stops.get(one.id)
        remarks = [words("changed")] if one.changed else []
        if stops is not None:
            remarks.append(words.say(stops.text))
        unit, officers = words("without police"), None
        if one.unit is not None:
            unit = ", ".join([one.unit, *(f"{besides} ({n})" for besides, n in one.besides)])
            officers = one.officers + sum(n for _, n in one.besides)
        return [
            one.id,
            self.overview.titles[one.id],
            *day_cells(one.slot.day, words),
            self.shifts[one.slot.shift],
            self.view.areas[one.area],
            self.view.sectors[one.sector],
            unit,
            officers,
            ", ".join(one.agencies),
            words.say(STATUS_NAMES[one.status]),
            ", ".join(remarks),
        ]

    def left_out(self) -> SheetOut:
        """A row for each operation without a place, most expensive first, and why."""
        words = self.words
        warning = words.say(UNSETTLED) if self.overview.is_unsettled else ""
        headings = [
            Heading(words("No."), 10),
            Heading(words("Operation"), 32, "wrap"),
            Heading(words("Sector"), 18, "wrap"),
            Heading(words("Area"), 18, "wrap"),
            Heading(words("Priority"), 9, "whole"),
            Heading(words("Must"), 8, "centre"),
            Heading(words("Points"), 8, "whole", note=words("What leaving it out costs.")),
            Heading(words("Reasons, over all its possible dates"), 80, "wrap", note=warning),
        ]
        rows = [self._unplaced(one) for one in self.overview.left_out]
        if not rows:
            rows = [[*[None] * 7, words("Nothing: every operation has a place.")]]
        looks: Spots = {(n, 5): "alarm" for n, one in enumerate(self.overview.left_out, 1) if one.is_must}
        return SheetOut(words("Unplaced"), headings, rows, kept=2, about=self.about, colour=RED, looks=looks)

    def _unplaced(self, one: UnplacedView) -> list[Value]:
        reasons = "\n".join(self.words.say(reason) for reason in one.reasons)
        must = self.words("yes") if one.is_must else None
        return [one.id, one.title, one.sector, one.area, one.priority, must, one.points, reasons]

    def use(self) -> SheetOut:
        """Two rows for each party: what is planned and what is offered in each month."""
        words, months = self.words, self.view.months
        headings = [
            Heading(words("Party"), 28),
            Heading(words("Counted in"), 11),
            Heading(words("Row"), 11, note=words(
                "Planned: what the plan takes of it. Offered: what open dates hold, never more than the limits by "
                "week and month. Coloured: from three quarters of what is offered on, and all of it."
            )),
            *(Heading(says.month(month.first, self.view, words), 7, "whole") for month in months),
            Heading(words("in all"), 9, "whole"),
        ]  # fmt: skip
        rows: list[list[Value]] = []
        looks: Spots = {}
        for lender, counted in self._lenders():
            uses = (*lender.by_month, lender.total)
            looks |= {(len(rows) + 1, 3 + n): _share(use) for n, use in enumerate(uses)}
            rows.append([lender.name, counted, words("is planned"), *(use.used for use in uses)])
            rows.append([lender.name, counted, words("offered"), *(use.offered for use in uses)])
            looks |= {(len(rows), n): "quiet" for n in range(len(headings))}
        groups = range(1, len(rows) + 1, 2)
        return SheetOut(
            words("Use"), headings, rows, kept=3, about=self.about, colour=GREEN, looks=looks, groups=groups
        )

    def _lenders(self) -> Iterator[tuple[Lender, str]]:
        yield from ((lender, self.words("officers")) for lender in self.overview.coverage.police)
        yield from ((lender, self.words("teams")) for lender in self.overview.coverage.agencies)

    def changed(self, revised: Revised) -> SheetOut:
        """A row for each operation that a replan changed, and the parties to inform."""
        words = self.words
        headings = [
            Heading(words("No."), 10),
            Heading(words("Operation"), 32, "wrap"),
            Heading(words("What"), 16, "wrap"),
            Heading(words("Date before"), 12, "date"),
            Heading(words("Shift before"), 10),
            Heading(words("Police unit before"), 17, "wrap"),
            Heading(words("Date now"), 12, "date"),
            Heading(words("Shift now"), 10),
            Heading(words("Police unit now"), 17, "wrap"),
            Heading(words("Remark"), 40, "wrap"),
            Heading(words("Must be told"), 36, "wrap"),
        ]  # fmt: skip
        musts = {one.id for one in self.overview.left_out if one.is_must}
        changed = sorted(revised.changed, key=lambda one: one.id not in musts)
        rows = [self._change(change, revised, change.id in musts) for change in changed]
        looks: Spots = {(n, 2): "alarm" for n, one in enumerate(changed, 1) if one.id in musts}
        if not rows:
            rows = [[*[None] * 9, words("Nothing: every operation has kept its place."), None]]
        since = words("Since version {n}.", n=revised.since)
        about = f"{since} {self.about}"
        return SheetOut(words("Changed"), headings, rows, kept=2, about=about, colour="#C58A00", looks=looks)

    def proof(self) -> SheetOut:
        """A row for each level: what the plan achieves, and what is proven of it or how much better one may be."""
        words, levels, page = self.words, self.overview.levels, Says(self.words)
        headings = [
            Heading(
                words("Aim"),
                20,
                "wrap",
                note=words("The aims stand in order: a later one never spoils an earlier one."),
            ),
            Heading(words("Value"), 9, "whole", note=words("Lower is better.")),
            Heading(words("What the plan achieves"), 50, "wrap"),
            Heading(words("What is proven"), 80, "wrap"),
        ]
        rows: list[list[Value]] = [
            [page.aim(level), level.value, f"{page.value(level)}.", page.proof(level, levels)] for level in levels
        ]
        return SheetOut(words("Proof"), headings, rows, kept=1, about=self.about)

    def _change(self, one: Changed, revised: Revised, is_must: bool) -> list[Value]:
        words = self.words
        remarks = [words("affected")] if one.is_hit else []
        if one.cause is not None:
            remarks.append(words("because of {cause}", cause=one.cause))
        remarks += map(words.say, one.lost)
        told = (party.name for party in revised.told if one.id in party.operations)
        return [
            one.id, one.title, words.say(FALLEN if is_must else _kind(one)), *self._where(one.old),
            *self._where(one.new), "; ".join(remarks), ", ".join(told),
        ]  # fmt: skip

    def _where(self, where: Where | None) -> list[Value]:
        if where is None:
            return [self.words("no place"), None, None]
        return [where.slot.day, self.shifts[where.slot.shift], where.unit or self.words("without police")]


FALLEN = Message("a must without a place")


def _kind(one: Changed) -> Message:
    if one.old is None:
        return Message("new in the plan")
    if one.new is None:
        return Message("is called off")
    if one.old.slot != one.new.slot:
        return Message("moved in time")
    if one.old.unit != one.new.unit:
        return Message("another unit")
    return Message("fewer agencies")


def _share(use: Use) -> Look:
    """The look for the used share of an offer."""
    if not use.used:
        return "quiet"
    share = use.used / use.offered if use.offered else 1
    return "full" if share >= 1 else "much" if share >= _MUCH else "some"
