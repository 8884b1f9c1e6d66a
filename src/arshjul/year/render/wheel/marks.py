"""The marks: a shape for the shift, a letter and a colour for the sector.

The letter serves readers who cannot tell the colours apart, and prints in black and white. An operation without police
is hollow; one on several dates has its shape again at each further date, like overlapping cards; one that the revision
changed has a halo. An operation broken off is crossed out, and one that is over without a known outcome has a dashed
ring.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import cos, pi, sin

from arshjul.year.agenda.year import Status, YearView
from arshjul.year.render.wheel.palette import SECTORS
from arshjul.year.render.wheel.svg import Svg, element, path

Shape = Callable[[float], str]


def circle(size: float) -> str:
    r = 0.46 * size
    return path("M", -r, 0, "A", r, r, 0, 1, 1, r, 0, "A", r, r, 0, 1, 1, -r, 0, "Z")


def square(size: float) -> str:
    half, corner = 0.4 * size, 0.12 * size
    side = 2 * (half - corner)
    arc = ("a", corner, corner, 0, 0, 1)
    return path(
        *("M", corner - half, -half, "h", side, *arc, corner, corner, "v", side, *arc, -corner, corner),
        *("h", -side, *arc, -corner, -corner, "v", -side, *arc, corner, -corner, "Z"),
    )


def regular(n_corners: int, turn: float = 0.0, reach: float = 0.52) -> Shape:
    """A polygon with that many corners, one of them at the top before turning."""

    def polygon(size: float) -> str:
        corners = [turn + 2 * pi * corner / n_corners for corner in range(n_corners)]
        steps = [(reach * size * sin(angle), -reach * size * cos(angle)) for angle in corners]
        return path("M", *steps[0], *(step for point in steps[1:] for step in ("L", *point)), "Z")

    return polygon


SHAPES: Sequence[Shape] = (
    circle,
    square,
    regular(4, reach=0.56),
    regular(6, turn=pi / 6, reach=0.5),
    regular(3, reach=0.56),
    regular(5, reach=0.53),
    regular(8, turn=pi / 8, reach=0.5),
    regular(3, turn=pi, reach=0.56),
)


def shapes(shifts: Iterable[str]) -> dict[str, Shape]:
    """A shape for each shift; with more than eight shifts they are reused."""
    return {shift: SHAPES[number % len(SHAPES)] for number, shift in enumerate(shifts)}


def letters(words: Mapping[str, str]) -> dict[str, str]:
    """A unique letter or two for each id, from its word: R, F, B, S, St."""
    taken: dict[str, str] = {}
    for id, word in words.items():
        plain = "".join(char for char in word if char.isalnum()) or id
        pairs = (plain[0].upper() + char.lower() for char in plain[1:])
        counted = (f"{plain[0].upper()}{number}" for number in range(2, 10_000))
        choices = chain((plain[0].upper(),), pairs, counted)
        taken[id] = next(choice for choice in choices if choice not in taken.values())
    return taken


@dataclass(frozen=True, slots=True)
class Key:
    """The signs and colours, which are the same on the dial and in the legend."""

    shapes: Mapping[str, Shape]
    letters: Mapping[str, str]
    colours: Mapping[str, str]
    meetings: Mapping[str, str]

    def kind(self, sector: str, *, hollow: bool) -> str:
        return "hollow" if hollow else self.colours[sector]

    def operation(self, shift: str, sector: str, size: float, *, hollow: bool) -> Svg:
        return mark(self.shapes[shift](size), self.letters[sector], size, self.kind(sector, hollow=hollow))

    def meeting(self, meeting: str, size: float) -> Svg:
        return mark(circle(size), self.meetings[meeting], size, "meeting")


def key(view: YearView) -> Key:
    """The signs of a plan: shapes by shift, letters and colours by sector, numbers for meetings."""
    meetings = dict.fromkeys(meeting.id for meeting in view.meetings)
    return Key(
        shapes=shapes(shift.id for shift in view.shifts),
        letters=letters(view.sectors),
        colours={sector: f"c{number % len(SECTORS)}" for number, sector in enumerate(view.sectors)},
        meetings={id: str(number) for number, id in enumerate(meetings, 1)},
    )


def mark(shape: str, letter: str, size: float, kind: str) -> Svg:
    """One mark around the origin. `kind` is its CSS class: `c3` for the colours, `hollow`, `meeting`."""
    height = size * (0.6 if len(letter) == 1 else 0.46)
    parts = [element("path", d=shape, class_="shape")]
    if height >= 4:  # smaller ones cannot be read
        parts.append(element("text", letter, y=height * 0.36, font_size=height, text_anchor="middle"))
    return element("g", *parts, class_=f"mark {kind}")


def under(shape: str, kind: str) -> Svg:
    """The shape of an operation again at one of its further dates, partly covered by the mark."""
    return mark(shape, "", 0, f"{kind} later")


def halo(size: float) -> Svg:
    """The ring around an operation that the revision changed."""
    return element("circle", r=size * 0.5 + 1.4, class_="halo")


def struck(size: float) -> Svg:
    """The stroke through an operation that was broken off; it leaves the letter in the middle free."""
    inner, outer = size * 0.3, size * 0.66
    line = path("M", -outer, outer, "L", -inner, inner, "M", inner, -inner, "L", outer, -outer)
    return element("g", element("path", d=line, class_="under"), element("path", d=line, class_="over"))


def unknown(size: float) -> Svg:
    """The dashed ring around an operation whose outcome has not been reported."""
    return element("circle", r=size * 0.5 + 1.4, class_="unknown")


MARKED: Mapping[Status, Callable[[float], Svg]] = {"aborted": struck, "passed": unknown}


def outcome(status: Status, size: float) -> list[Svg]:
    """The addition to an operation's mark for its status."""
    return [MARKED[status](size)] if status in MARKED else []


def at(x: float, y: float, *drawn: Svg, title: str | None = None, scale: float = 1.0) -> Svg:
    """The drawing, moved to a point and scaled, with a text to show on hovering."""
    tip = [element("title", title)] if title else []
    scaled = "" if scale == 1 else f" scale({scale:.2f})"
    return element("g", *tip, *drawn, transform=f"translate({path(x, y)}){scaled}")
