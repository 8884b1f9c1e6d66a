"""A proposal how a user's columns map to ours: by their headings, and by the cells below them."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from arshjul.errors import InputError, Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.mapped_workbook.sheets import (
    FORMAT,
    MOST,
    BookMap,
    SheetMap,
    heading,
    known_headings,
    listed_teams,
    marks,
    no_teams,
    site_headings,
    team_heading,
)
from arshjul.year.formats.words import nearest
from arshjul.year.formats.workbook import tables
from arshjul.year.formats.workbook.book import BookCell, BookSheet
from arshjul.year.formats.workbook.dates import Unreadable, span_in
from arshjul.year.formats.workbook.headings import MOST_ABOVE
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.notation import split
from arshjul.year.formats.workbook.table import Path, plain
from arshjul.year.texts import Words

_LOOKED_AT = 200  # cells of a column
_FEWEST = 2
_TITLE = 6  # letters of a title at the least
_UNIQUE = (("id",), ("title",))
_NUMBER = re.compile(r"[A-Za-zÅÄÖåäö]{0,6}[-_./ ]?\d{1,6}")
_SYNONYMS: Mapping[Path, tuple[str, ...]] = {
    ("id",): (
        "löpnr", "löpnummer", "nummer", "id", "insats nr", "insatsnr",
        "insats nummer", "#", "no", "number", "ref",
    ),
    ("title",): ("insats", "rubrik", "beskrivning", "aktivitet", "vad", "namn", "tillsyn", "title", "what"),
    ("sector",): (
        "verksamhet", "typ", "typ av verksamhet", "verksamhetstyp", "kategori",
        "inriktning", "sector", "kind",
    ),
    ("area",): ("stadsdel", "stadsområde", "distrikt", "var", "plats", "ort", "area", "where"),
    ("priority",): ("prio", "prioriterad", "vikt", "priority"),
    ("must",): ("obligatorisk", "skall", "ska", "must"),
    ("officers",): ("antal poliser", "polis", "polisresurs", "poliser antal", "behov polis", "officers", "police"),
    ("window", "from"): (
        "tidigast", "fr.o.m", "from", "startdatum", "period från", "tidigast datum", "månad", "period",
        "earliest", "month",
    ),
    ("window", "to"): ("senast", "t.o.m", "tom", "to", "slutdatum", "period till", "senast datum", "latest"),
    ("shifts",): ("tid på dygnet", "skift", "tid", "dag/kväll", "shift"),
    ("weekdays",): ("veckodag", "dagar", "weekday"),
    ("nominated_on",): ("anmäld", "inkom", "nominerad den", "nomineringsdatum", "nominated"),
    ("programme",): ("uppdrag", "projekt", "samverkan", "programme"),
    ("agencies",): (
        "deltar", "deltagare", "myndigheter", "deltagande myndigheter",
        "medverkande", "agencies", "takes part",
    ),
    ("lead_agency",): ("ansvarig myndighet", "huvudansvarig", "ägare", "leds av", "lead", "lead agency"),
    ("sites", "name"): ("objekt", "objekten", "företag", "bolag", "verksamheter", "restauranger", "site", "sites"),
    ("sites", "address"): ("adress", "adresser", "gatuadress", "besöksadress", "address", "addresses"),
    ("sites", "ref"): ("org.nr", "orgnr", "organisationsnummer", "dnr"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """The proposed mapping, and the reason for each column's match, by sheet and heading.

    `guessed` are values that no column gives, by our heading, with what each was guessed from. `missing` are required
    columns of ours that were not found; `teams` are those of all agencies if none of them was found, and `no_teams`
    says so. `unsaid` are the user's headings whose cells may be teams, and why: nothing is imported until they are
    explained.
    """

    map: BookMap
    why: Mapping[tuple[str, str], Message]
    guessed: Mapping[str, Message]
    missing: tuple[str, ...]
    teams: tuple[str, ...]
    no_teams: Message | None
    unsaid: Mapping[str, Message]

    def text(self, say: Words) -> str:
        """The mapping as YAML to look through: each column with the reason for its match."""
        return "\n".join([*self._lines(say), ""])

    def _lines(self, say: Words) -> Iterator[str]:
        rest = say("source of shifts, areas, agencies, units and rules")
        always, ignored = say("the same in each row, without a column"), say("columns that are not read")
        lacking = say("missing: name your column, or write what is the same in each row under always")
        missing = (*self.missing, *self.teams)
        unwritten = _in_each_row(missing)
        yield "# " + say("Your columns and ours. Correct what is wrong, and import again:")
        yield "# " + say("the file serves next month too. Our headings are those of the template.")
        yield f"format: {self.map.format}"
        yield f"rest: {_quoted(self.map.rest)}  # {rest}"
        yield "sheets:"
        (one,) = self.map.sheets
        yield f"  - sheet: {_quoted(one.sheet)}"
        yield f"    holds: {_quoted(one.holds)}"
        yield "    columns:"
        lines = {hers: f"{_quoted(hers)}: {_quoted(ours)}" for hers, ours in one.columns.items()}
        width = max(map(len, lines.values()), default=0) + 2
        for hers, line in lines.items():
            reason = self.why.get((one.sheet, hers))
            yield f"      {line}" if reason is None else f"      {line:{width}}# {say.say(reason)}"
        yield from (f"      # {_quoted('…')}: {_quoted(ours)}  {lacking}" for ours in missing)
        yield from (f"      # {_quoted(hers)}: {_quoted('…')}  {say.say(why)}" for hers, why in self.unsaid.items())
        if one.always or unwritten:
            yield f"    {'' if one.always else '# '}always:  # {always}"
            for ours, value in one.always.items():
                guess = f"  # {say.say(self.guessed[ours])}" if ours in self.guessed else ""
                yield f"      {_quoted(ours)}: {_quoted(value)}{guess}"
        yield from (f"{'      # ' if one.always else '    #   '}{line}" for line in unwritten)
        if one.ignored:
            yield f"    ignored:  # {ignored}"
            yield from (f"      - {_quoted(hers)}" for hers in one.ignored)


def propose(sheets: list[BookSheet], rest: Scenario, rest_path: str) -> ColumnProposal:
    """A mapping of the columns of the sheet of operations; InputError if no sheet looks like one."""
    lexicon = Lexicon.of(rest)
    found = [(columns, sheet, head) for sheet in sheets for head, columns in [_best_row(sheet, lexicon)] if columns]
    if not found:
        raise InputError(Message("No sheet looks like a list of operations, with headings like Nr, Titel and Område."))
    _, sheet, head = max(found, key=lambda one: len(one[0]))
    every = _by_heading(sheet.rows[head], _sure(lexicon))
    every |= _by_content(sheet, head, every, _kinds(lexicon, rest))
    every |= _by_heading(sheet.rows[head], _like(lexicon), every)
    shown = {n: cell.shown for n, cell in sorted(sheet.rows[head].items())}
    mapped = {shown[n]: every[n][0] for n in shown if n in every}
    guesses = dict(_guesses(mapped, rest))
    unsaid = _unsaid(sheet, head, every)
    columns = SheetMap(
        sheet=sheet.name,
        holds=tables.OPERATIONS.sv,
        columns=mapped,
        always={ours: value for ours, (value, _) in guesses.items()},
        ignored=[shown[n] for n in shown if n not in every and n not in unsaid],
    )
    there = {*mapped.values(), *guesses}
    has_teams = not there.isdisjoint((heading("agencies"), heading("any_of"), *map(team_heading, rest.agencies)))
    needs_teams = bool(rest.agencies) and not has_teams
    return ColumnProposal(
        BookMap(format=FORMAT, rest=rest_path, sheets=[columns]),
        why={(sheet.name, shown[n]): every[n][1] for n in shown if n in every},
        guessed={ours: why for ours, (_, why) in guesses.items()},
        missing=tuple(column.sv for column in tables.OPERATIONS.columns if column.needed and column.sv not in there),
        teams=tuple(map(team_heading, rest.agencies)) if needs_teams else (),
        no_teams=no_teams(rest) if needs_teams else None,
        unsaid={shown[n]: why for n, why in unsaid.items()},
    )


Columns = dict[int, tuple[str, Message]]
"""By the number of the user's column: our heading, and the reason."""


def _best_row(sheet: BookSheet, lexicon: Lexicon) -> tuple[int, Columns]:
    """The row of the first ten with most known headings; nothing if there are fewer than three."""
    ways = (*_sure(lexicon), *_like(lexicon))
    rows = {row: _by_heading(sheet.rows.get(row, {}), ways) for row in range(1, MOST_ABOVE + 1)}
    row = max(rows, key=lambda row: (len(rows[row]), -row))
    return row, rows[row] if len(rows[row]) > _FEWEST else {}


Way = tuple[Callable[[str], str | None], Message]
"""A function from a user's heading to one of ours, and the reason."""


def _sure(lexicon: Lexicon) -> tuple[Way, ...]:
    return (
        (_same, Message("the same heading")),
        (lambda word: _team(word, lexicon), Message("an agency's teams")),
        (_synonym, Message("the heading means the same")),
    )


def _by_heading(cells: Mapping[int, BookCell], ways: Sequence[Way], known: Columns | None = None) -> Columns:
    """The columns known by their headings; the surest first, each of ours once. `known` are taken already."""
    words = {n: cell.shown.strip() for n, cell in sorted(cells.items()) if cell.kind == "text"}
    found: Columns = dict(known or {})
    for way, why in ways:
        for n, word in words.items():
            ours = way(word)
            if n not in found and ours is not None and ours not in {one for one, _ in found.values()}:
                found[n] = ours, why
    return found


def _same(word: str) -> str | None:
    known = known_headings(tables.OPERATIONS)
    return _sv(known[plain(word)]) if plain(word) in known else None


@cache
def _sv(given: str) -> str:
    for column in tables.OPERATIONS.columns:
        if plain(given) in set(map(plain, column.headings)):
            return column.sv
    return next((site_headings(column)[0] for column in tables.SITES.columns if given in site_headings(column)), given)


def _team(word: str, lexicon: Lexicon) -> str | None:
    return team_heading(lexicon.id("agencies", word)) if lexicon.knows("agencies", word) else None


def _synonym(word: str) -> str | None:
    return next((heading(*path) for path, words in _SYNONYMS.items() if plain(word) in map(plain, words)), None)


@cache
def _ours() -> Mapping[str, str]:
    """Our headings by all words that a guess is compared with."""
    ours = {plain(name): name for name in known_headings(tables.OPERATIONS).values()}
    return ours | {
        plain(synonym): heading(*path) for path, words in _SYNONYMS.items() for synonym in words if len(synonym) > 4
    }


def _near(word: str) -> str | None:
    found = nearest(plain(word), _ours()) if len(word) > 4 else None
    return None if found is None else _sv(_ours()[found])


def _like(lexicon: Lexicon) -> tuple[Way, ...]:
    why = Message("a guess by the heading")
    return (lambda word: _near_team(word, lexicon), why), (_near, why)


def _near_team(word: str, lexicon: Lexicon) -> str | None:
    """The agency whose name or id begins with the word, or is similar; None if several are."""
    found = plain(word)
    names = {id: {plain(id), plain(lexicon.name("agencies", id))} for id in lexicon.all("agencies")}
    begin = [id for id, words in names.items() if any(name.startswith(found) for name in words)]
    near = [id for id, words in names.items() if nearest(found, words) is not None]
    meant = begin or near
    return team_heading(meant[0]) if len(found) > _FEWEST and len(meant) == 1 else None


def _by_content(
    sheet: BookSheet, head: int, known: Columns, kinds: Mapping[str, Callable[[BookCell], bool]]
) -> Columns:
    found: Columns = {}
    taken = {ours for ours, _ in known.values()}
    for n in sorted(sheet.rows[head]):
        cells = [row[n] for number, row in sorted(sheet.rows.items()) if number > head and n in row][:_LOOKED_AT]
        if n in known or len(cells) < _FEWEST:
            continue
        for ours, fits in kinds.items():
            count = sum(map(fits, cells))
            if ours not in taken and count >= MOST * len(cells):
                if ours in {heading(*path) for path in _UNIQUE} and len({cell.shown for cell in cells}) < len(cells):
                    continue
                taken.add(ours)
                values = {"n": count, "of": len(cells)}
                found[n] = ours, Message("a guess by its contents: {n} of {of} cells fit", values)
                break
    return found


def _kinds(lexicon: Lexicon, rest: Scenario) -> dict[str, Callable[[BookCell], bool]]:
    """By our heading: whether a cell may belong to it. A programme's word is no sector's."""
    programmes = {programme.id for programme in rest.known_programmes}
    sectors = (rest.names.keys() | {operation.sector for operation in rest.operations.values()}) - programmes

    def of(section: str) -> Callable[[BookCell], bool]:
        return lambda cell: bool(parts := split(cell.shown)) and all(lexicon.knows(section, part) for part in parts)

    def named(section: str, ids: Collection[str]) -> Callable[[BookCell], bool]:
        return lambda cell: lexicon.id(section, cell.shown) in ids

    def lists_agencies(cell: BookCell) -> bool:
        names = [listed_teams(part)[0] for part in split(cell.shown)]
        return bool(names) and all(lexicon.knows("agencies", name) for name in names)

    def is_day(cell: BookCell) -> bool:
        return cell.kind in {"date", "text"} and _is_day(cell, rest.span)

    return {
        heading("area"): of("areas"),
        heading("shifts"): of("shifts"),
        heading("lead_agency"): lambda cell: lexicon.knows("agencies", cell.shown),
        heading("agencies"): lists_agencies,
        heading("police"): of("police"),
        heading("programme"): named("programmes", programmes),
        heading("sector"): named("names", sectors),
        heading("window", "from"): is_day,
        heading("window", "to"): is_day,
        heading("id"): lambda cell: bool(_NUMBER.fullmatch(cell.shown)) and cell.kind != "number",
        heading("sites", "name"): lambda cell: isinstance(cell.value, str) and "\n" in cell.value.strip(),
        heading("title"): lambda cell: cell.kind == "text" and len(cell.shown) >= _TITLE,
    }


def _is_day(cell: BookCell, year: Span) -> bool:
    try:
        span_in(cell, year)
    except Unreadable:
        return False
    return True


def _unsaid(sheet: BookSheet, head: int, known: Columns) -> dict[int, Message]:
    found: dict[int, Message] = {}
    for n in sheet.rows[head]:
        if n not in known and (there := marks(sheet, head, n)) is not None:
            values = {"n": there[0], "of": there[1]}
            found[n] = Message("name it: {n} of {of} cells hold an x or a number", values)
    return found


def _guesses(mapped: Mapping[str, str], rest: Scenario) -> Iterator[tuple[str, tuple[str, Message]]]:
    """Values for required keys without a column: the most common ones in `rest`, with that reason."""
    given = set(mapped.values())
    common = {
        heading("programme"): Counter(operation.programme for operation in rest.operations.values()),
        heading("lead_agency"): Counter(operation.lead_agency for operation in rest.operations.values()),
    }
    for ours, count in common.items():
        if ours not in given and count:
            value, n = count.most_common(1)[0]
            values = {"n": n, "of": count.total()}
            yield ours, (value, Message("a guess, to check: {n} of {of} operations have it", values))


def _in_each_row(missing: Sequence[str]) -> list[str]:
    """The lines that would give those of our headings a constant value; an operation's number and title have none."""
    values = {ours: 1 if ours.startswith(team_heading("")) else "…" for ours in missing}
    return [
        f"{_quoted(ours)}: {_quoted(value)}"
        for ours, value in values.items()
        if ours not in (heading("id"), heading("title"))
    ]


def _quoted(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)
