"""The grid of a plan's slots, numbered, and sets of them as bit masks.

Slot number = day number x shifts + shift number, days counted from the plan's first date. A
`SlotSet` is an int whose bit n stands for slot n: hundreds of operations are narrowed down to
their possible slots by a few `&` each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import compress

from arshjul.year.domain.calendar import Shift, Slot, Span

SlotSet = int

_BITS = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True, slots=True)
class Grid:
    """All slots of a plan, on open and closed dates alike."""

    span: Span
    shifts: tuple[Shift, ...]
    n_days: int = field(init=False)
    all: SlotSet = field(init=False)
    _shift_numbers: dict[str, int] = field(init=False)
    _on_weekday: tuple[SlotSet, ...] = field(init=False)
    _in_shift: dict[str, SlotSet] = field(init=False)

    def __post_init__(self) -> None:
        n_days, n_shifts = (self.span.last - self.span.first).days + 1, len(self.shifts)
        day_bits = (1 << n_shifts) - 1
        on_weekday = [0] * 7
        for number in range(n_days):
            on_weekday[(self.span.first.weekday() + number) % 7] |= day_bits << (number * n_shifts)
        every_day = sum(1 << (number * n_shifts) for number in range(n_days))
        derived = {
            "n_days": n_days,
            "all": (1 << (n_days * n_shifts)) - 1,
            "_shift_numbers": {shift.id: number for number, shift in enumerate(self.shifts)},
            "_on_weekday": tuple(on_weekday),
            "_in_shift": {shift.id: every_day << number for number, shift in enumerate(self.shifts)},
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def size(self) -> int:
        return self.n_days * len(self.shifts)

    def day_number(self, day: date) -> int:
        """Days since the plan's first date; may lie outside the plan."""
        return (day - self.span.first).days

    def day(self, number: int) -> date:
        return self.span.first + timedelta(days=number)

    def number(self, slot: Slot) -> int | None:
        """The slot's number; None outside the plan or for an unknown shift."""
        shift = self._shift_numbers.get(slot.shift)
        if shift is None or slot.day not in self.span:
            return None
        return self.day_number(slot.day) * len(self.shifts) + shift

    def slot(self, number: int) -> Slot:
        day, shift = divmod(number, len(self.shifts))
        return Slot(self.day(day), self.shifts[shift].id)

    def single(self, slot: Slot) -> SlotSet:
        """The set of that slot alone; empty outside the plan."""
        number = self.number(slot)
        return 0 if number is None else 1 << number

    def between(self, first: date, last: date) -> SlotSet:
        """All slots of the dates from first to last, as far as they lie in the plan."""
        low = max(self.day_number(first), 0) * len(self.shifts)
        high = min(self.day_number(last) + 1, self.n_days) * len(self.shifts)
        return ((1 << high) - (1 << low)) if high > low else 0

    def within(self, spans: Iterable[Span]) -> SlotSet:
        slots = 0
        for span in spans:
            slots |= self.between(span.first, span.last)
        return slots

    def on_weekdays(self, weekdays: Iterable[int] | None) -> SlotSet:
        """All slots of those weekdays (Monday is 0); None: of every weekday."""
        if weekdays is None:
            return self.all
        slots = 0
        for weekday in weekdays:
            slots |= self._on_weekday[weekday]
        return slots

    def in_shifts(self, shifts: Iterable[str] | None) -> SlotSet:
        """All slots of those shifts; None: of every shift."""
        if shifts is None:
            return self.all
        slots = 0
        for shift in shifts:
            slots |= self._in_shift.get(shift, 0)
        return slots

    def throughout(self, slots: SlotSet, days: int) -> SlotSet:
        """The slots that begin a run of that many dates with theirs in the set; dates after the plan count as in."""
        starts, n_shifts = slots, len(self.shifts)
        for later in range(1, days):
            after_plan = self.all & ~(self.all >> later * n_shifts)
            starts &= slots >> later * n_shifts | after_plan
        return starts

    def set_of(self, numbers: Iterable[int]) -> SlotSet:
        bits = bytearray(b"0" * self.size)
        for number in numbers:
            bits[-1 - number] = 49  # "1"
        return int(bits, 2)

    def numbers(self, slots: SlotSet) -> list[int]:
        """The slot numbers in a set, ascending."""
        if not slots & (slots - 1):  # at most one, as for all held operations
            return [slots.bit_length() - 1] if slots else []
        bits = f"{slots:b}"[::-1].encode().translate(_BITS)
        return list(compress(range(len(bits)), bits))
