"""The tables of docs/formats.md that follow from the declarations: keys, entries and rules. `make docs` writes them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from inspect import getdoc
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from arshjul.year.domain.operation import Operation
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.json_schema import DOCUMENTS
from arshjul.year.formats.schema.plan import EVENTS, MODELS
from arshjul.year.formats.words import Written
from arshjul.year.rules import HARD, SOFT, Rule, SoftRule
from arshjul.year.rules.fill.fits import FITS, Fit
from arshjul.year.rules.fill.quality import WISHES, Wish

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"
VALUES = {
    "id": "id", "ids": "ids", "ids or all": "`all` or ids", "name": "text", "text": "text", "line": "line",
    "phone": "telephone", "email": "address", "flag": "yes/no", "decision": "yes/no", "number": "number",
    "numbers": "numbers", "priority": "1 to 3", "word": "word", "words": "words", "letters": "letters", "day": "date",
    "days": "dates", "periods": "dates and periods", "weekday": "weekday", "weekdays": "weekdays", "weeks": "ISO weeks",
    "clock": "clock time", "moment": "moment", "counts": "numbers by id", "between": "two numbers",
    "mapping": "mapping", "mappings": "list",
}  # fmt: skip
MOST = 1_000_000
MANY = 5
"""Of so many choices and more, the schema tells."""
WRITTEN_OTHERWISE = {"day", "days", "periods", "counts", "between", "mappings", "weekday", "weekdays", "numbers"}
"""Kinds of values that a workbook writes in its own way: its examples are none of a file."""

CAUSES = ("shooting_", "accident_", "match_", "demonstration_", "special_event_")
"""What the keys of rates begin with: those of each cause are alike, and stand in config/goteborg/rates.yaml."""

OF_CELLS = re.compile(r"(Like|Several with|Clock time, like|Dates, weeks and) [^.]*\.?|Empty,? .*")


def choices(kind: Any) -> tuple[str, ...]:
    """The words of which a value is one."""
    if get_origin(kind) is Literal:
        return tuple(f"`{word}`" for word in get_args(kind))
    return next((found for part in get_args(kind) if (found := choices(part))), ())


def value(key: DeclaredKey, of: type[BaseModel]) -> str:
    """The kind of value: its choices, or what it counts or names, and its range."""
    fields = {field.alias or name: field for name, field in of.model_fields.items()}
    if of_these := tuple(f"`{word}`" for word in key.spoken) or choices(fields[key.path[-1]].annotation):
        return ", ".join(of_these)
    said = key.unit if key.unit and key.kind == "number" else VALUES[key.kind]
    if key.refers is not None:
        said += f" (`{key.refers.section}`)"
    if key.ends is None or key.kind == "priority" or key.ends == (0, MOST):
        return said
    least, most = key.ends
    return f"{said}, {least} or more" if most == MOST else f"{said}, {least} to {most}"


def told(key: DeclaredKey) -> tuple[str, str]:
    """Its note, or else its heading, and what an empty cell means; without what holds for cells alone."""
    note = key.told.note or key.told.prompt or key.told.heading
    text, _, empty = ("" if note is None else words("en").say(note)).partition("Empty: ")
    if key.kind in WRITTEN_OTHERWISE:
        text = text.partition(": ")[0]
    return " ".join(OF_CELLS.sub("", text).split()), empty.rstrip(".")


def parts(key: DeclaredKey) -> Iterator[tuple[DeclaredKey, type[BaseModel]]]:
    """The keys of its value, each with its shape; the keys of a list's items are needed as they say themselves."""
    if key.model is not None and key.kind != "periods":
        for part in keys(key.model, key.path) if key.kind == "mappings" else key.parts:
            yield part, key.model


@dataclass(slots=True)
class Tables:
    """The tables of the sections. A note is told once, and so is a key that the items of several lists have."""

    notes: set[tuple[str, str]] = field(default_factory=set)
    items: set[tuple[str, str, str]] = field(default_factory=set)

    def rows(self, key: DeclaredKey, of: type[BaseModel], *, item: bool = False) -> Iterator[str]:
        """The rows of a key and of its own keys; `item`: it is one of a list's items, within a mapping."""
        if key.kind != "mapping":
            note, empty = told(key)
            default = "" if key.default in (None, [], {}, "") or key.default is False else f"`{key.default}`"
            usual = "needed" if key.required else default.replace("True", "true") or empty
            name, kind = key.path[-1], value(key, of)
            if item and (name, kind, usual) in self.items:
                return
            if item:
                self.items.add((name, kind, usual))
            plain = (name, note) in self.notes or set(re.findall(r"[\w-]+", note)) <= {
                *re.findall(r"[\w-]+", kind),
                "or",
            }
            text = "" if plain else note
            self.notes.add((name, note))
            yield f"`{'.'.join(key.path[1:])}`|{kind}|{usual}|{text}"
        for part, inner in parts(key):
            yield from self.rows(part, inner, item=key.kind == "mappings")

    def section(self, section: DeclaredKey) -> Iterator[str]:
        """The rows of a section; prices stand with their rules."""
        for part, of in parts(section):
            if part.path[-1] == "root":
                for key, inner in parts(part):
                    yield from self.rows(replace(key, path=(section.path[0], "ID", key.path[-1])), inner)
            elif part.path[-1] != "prices" and not part.path[-1].startswith(CAUSES):
                yield from self.rows(part, of)


def sections() -> Iterator[str]:
    """A table for each section of a scenario that is a mapping or a list of them."""
    tables = Tables()
    for section in keys(DOCUMENTS["scenario"][1]()):
        rows = list(tables.section(section))
        if rows:
            yield "\n".join((f"`{section.path[0]}`|value|default|note", "---|---|---|---", *rows))


def keys_of(model: type[Written]) -> str:
    """The keys of an entry, those that are needed first and bold, with what they may be where that is not plain."""
    said = []
    for key in sorted(keys(model), key=lambda key: not key.required):
        kind = value(key, model)
        if key.path == ("reported",):
            continue
        if key.model is shape(Operation):
            return "the keys of an operation"
        within = ", ".join(f"`{part.path[-1]}`" for part, _ in parts(key))
        within = within or (
            kind
            if kind.startswith("`") and kind.count(",") < MANY
            else kind.rpartition(", ")[2]
            if " to " in kind
            else ""
        )
        name = f"**`{key.path[0]}`**" if key.required else f"`{key.path[0]}`"
        said.append(f"{name} ({within})" if within else name)
    return ", ".join(said)


def entries(lists: Mapping[str, type[Written]]) -> str:
    """A row for each list of a file, with its keys."""
    return "\n".join(("list|keys", "---|---", *(f"`{name}`|{keys_of(model)}" for name, model in lists.items())))


def statement(rule: object, *, whole: bool) -> str:
    """The rule as its class states it, without the source: the whole, or the first paragraph."""
    text = (getdoc(type(rule)) or "").partition("Source:")[0]
    return " ".join((text if whole else text.partition("\n\n")[0]).split())


def hard(rules: Iterable[Rule | Fit]) -> str:
    """A row for each rule that must hold."""
    return "\n".join(("rule|holds when", "---|---", *(f"`{rule.id}`|{statement(rule, whole=True)}" for rule in rules)))


def priced(rules: Iterable[SoftRule | Wish]) -> str:
    """A row for each rule that has a price."""
    lines = (f"`{rule.id}`|{rule.points}|{statement(rule, whole=False)}" for rule in rules)
    return "\n".join(("rule|price|wish", "---|---|---", *lines))


TABLES: Mapping[str, Callable[[], str]] = {
    "sections": lambda: "\n\n".join(sections()),
    "entries": lambda: entries({**EVENTS, **MODELS}),
    "objects": lambda: entries({"objects": shape(VisitObject)}),
    "hard": lambda: hard(HARD),
    "soft": lambda: priced(SOFT),
    "fits": lambda: hard(FITS),
    "wishes": lambda: priced(WISHES),
}


def with_tables(page: str) -> str:
    """The page with each table between its marks."""
    for name, made in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        before, _, rest = page.partition(start)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"{PAGE.name}: no marks for the table {name}")
        page = f"{before}{start}\n{made()}\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
