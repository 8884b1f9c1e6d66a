"""The texts that people read: messages in Swedish or English, including dates and numbers.

The English template of a `Message` is the key; a catalogue has the Swedish. Catalogues are passed in, never opened
here. Swedish is the default everywhere; English needs no catalogue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from gettext import NullTranslations
from itertools import pairwise

from arshjul.errors import FieldName, Message

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[str, tuple[str, ...]] = {
    "sv": (
        "januari", "februari", "mars", "april", "maj", "juni",
        "juli", "augusti", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "sv": ("två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"),
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}
"""The words from 2 on; that for 1 depends on the noun."""
THOUSANDS: Mapping[str, str] = {"sv": "\N{NO-BREAK SPACE}", "en": ","}
DECIMAL: Mapping[str, str] = {"sv": ",", "en": "."}


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month as a message's value: "mars 2027"."""

    first: date

    @classmethod
    def of(cls, text: str) -> "Month":
        """The month written as "2027-03"."""
        return cls(date.fromisoformat(f"{text}-01"))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number as a message's value, in the form for sentences: "tre", from thirteen on "13"."""

    n: int


@dataclass(frozen=True, slots=True)
class FirstToLast:
    """A span of dates as a message's value: "16–17 mars 2027"."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Words:
    """One language: puts messages, dates, numbers and lists into words. `label` gives the words for a field's key."""

    language: str = "sv"
    catalogue: NullTranslations = field(default_factory=NullTranslations)
    label: Callable[[str], Message | None] = field(default=lambda _: None, compare=False, repr=False)

    def say(self, message: Message) -> str:
        """The sentence in this language; values that are dates, months, decimals or messages are put into words too."""
        values = {name: self._value(value) for name, value in message.values.items()}
        if not message.template:  # the empty key holds the catalogue's header
            return ""
        if message.plural is None:
            template = self.catalogue.gettext(message.template)
        else:
            number = message.values["n"]
            count = number if isinstance(number, int) else 0
            template = self.catalogue.ngettext(message.template, message.plural, count)
        return template.format(**values)

    def __call__(self, template: str, **values: object) -> str:
        """Short for `say(Message(template, values))`."""
        return self.say(Message(template, values))

    def number(self, n: float) -> str:
        """A number with separated thousands, and a decimal where it has one: "1 432", "20,5"."""
        said = f"{n:,.0f}" if n == round(n) else f"{n:,.1f}"
        return said.translate({ord(","): THOUSANDS[self.language], ord("."): DECIMAL[self.language]})

    def spelled(self, n: int) -> str:
        """A number in a sentence: from two to twelve in words."""
        known = NUMBERS[self.language]
        return known[n - 2] if 0 <= n - 2 < len(known) else self.number(n)

    def day(self, day: date) -> str:
        """A date with its weekday: "tisdag 2 mars 2027"."""
        return f"{self.weekday(day)} {self.short_day(day)} {day.year}"

    def short_day(self, day: date) -> str:
        """A date within the year: "2 mars"."""
        return f"{day.day} {self.month(day)}"

    def dates(self, dates: FirstToLast) -> str:
        """The first and the last date, with their common parts given once."""
        first, last = dates.first, dates.last
        begin = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else self.short_day(first)
        begin = begin if first.year == last.year else f"{begin} {first.year}"
        return f"{begin}–{self.short_day(last)} {last.year}"

    def weekday(self, day: date) -> str:
        """The weekday's name: "tisdag"."""
        return WEEKDAYS[self.language][day.weekday()]

    def month(self, day: date) -> str:
        """The month's name: "mars"."""
        return MONTHS[self.language][day.month - 1]

    def moment(self, moment: datetime) -> str:
        """A date and its clock time: "tisdag 2 mars 2027 06:30"."""
        return f"{self.day(moment.date())} {moment:%H:%M}"

    def _value(self, value: object) -> object:
        match value:
            case Message():
                said: object = self.say(value)
            case FieldName():
                label = self.label(value.key)
                said = value.key if label is None else self.say(label)
            case datetime():
                said = self.moment(value)
            case date():
                said = self.day(value)
            case FirstToLast():
                said = self.dates(value)
            case Month():
                said = f"{self.month(value.first)} {value.first.year}"
            case Spelled():
                said = self.spelled(value.n)
            case float():
                said = f"{value:.1f}".replace(".", DECIMAL[self.language])
            case list() | tuple():
                said = self.enumeration([str(self._value(item)) for item in value])
            case _:
                said = value
        return said

    def enumeration(self, words: list[str]) -> str:
        """ "a", "a och b", "a, b och c"."""
        if len(words) < 2:
            return "".join(words)
        return self.say(Message("{first} and {last}", {"first": ", ".join(words[:-1]), "last": words[-1]}))


def counted(n: int, one: str, many: str, **values: object) -> Message:
    """A message whose form depends on the number `n`."""
    return Message(one, {"n": n, **values}, plural=many)


def with_capital(text: str) -> str:
    """The text with its first letter capitalised, otherwise unchanged."""
    return text[:1].upper() + text[1:]


def without_capital(text: str) -> str:
    """The text for use within a sentence: its first letter in lower case, except in words like "HVB", "A-traktor"."""
    is_word = text[1:2].islower() or text[1:2].isspace()
    return text[:1].lower() + text[1:] if is_word else text


def titled(names: Mapping[str, Message], id: str) -> Message:
    """The word for an id, with the id in brackets; only the id if it has no word."""
    if id not in names:
        return Message("{id}", {"id": id})
    return Message("{name} ({id})", {"name": names[id], "id": id})


def runs(days: list[date]) -> list[tuple[date, date]]:
    """Sorted dates as runs of consecutive dates, (first, last) each: for "3-7 maj"."""
    if not days:
        return []
    ends = [day for day, following in pairwise(days) if (following - day).days > 1]
    starts = [following for day, following in pairwise(days) if (following - day).days > 1]
    return list(zip([days[0], *starts], [*ends, days[-1]], strict=True))
