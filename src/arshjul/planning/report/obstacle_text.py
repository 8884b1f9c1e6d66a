"""What stood in the way of sharing, in words: sentences, a sheet, rows of a table, and what a PDF is made of."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.planning.report.obstacles import LEAST, ObstacleReport, ObstacleTable
from arshjul.sheets import Heading, SheetOut, Value
from arshjul.texts import Words, counted

OTHERS = Message("others, not told one by one")
TOO_FEW = Message("They are too few to tell more than how many they are.")


def all_tables(found: ObstacleReport) -> list[ObstacleTable]:
    """All that has something to tell."""
    return [*found.tables, *([found.fields] if found.fields is not None else [])]


def obstacle_title(found: ObstacleReport) -> Message:
    """What it is about, and when."""
    return Message("Obstacles to sharing information, {period}", {"period": found.period})


def obstacle_sentences(found: ObstacleReport) -> Iterator[Message]:
    """How many there were, and what is not told of them."""
    if found.n is None:
        yield Message("Fewer than {least} obstacles were reported: nothing is told of them.", {"least": LEAST})
    else:
        yield counted(found.n, "One obstacle was reported.", "{n} obstacles were reported.")
        yield Message("Each counts once: where several things came of it, by the gravest.")
    if found.n is not None and not found.tells_apart:
        yield TOO_FEW
    if found.left_out:
        values = {"quarters": list(map(str, found.left_out)), "least": LEAST}
        yield Message("Not in it, with fewer than {least} each: {quarters}.", values)
    yield Message(
        "Counts under {least} are among the others, and where these would be fewer, the next smallest is too. "
        "What was not shared, and about whom, stands nowhere.",
        {"least": LEAST},
    )


def table_rows(table: ObstacleTable) -> Iterator[tuple[str, Message, int]]:
    """Its rows, and last what they leave out."""
    yield from table.rows
    if table.others:
        yield "others", OTHERS, table.others


def obstacle_rows(found: ObstacleReport, say: Words) -> list[list[str | int]]:
    """All tables as one, with its headings: for spreadsheets."""
    rows: list[list[str | int]] = [
        [say("Quarter or year"), say("Told by"), say("Code"), say("In words"), say("Number")]
    ]
    if found.n is not None:
        rows.append([found.period, "", "", say("Obstacles"), found.n])
    for table in all_tables(found):
        told_by = say.say(table.heading)
        rows += [[found.period, told_by, id, say.say(name), n] for id, name, n in table_rows(table)]
    return rows


def obstacle_sheet(found: ObstacleReport, say: Words) -> SheetOut:
    """The same as a sheet."""
    headings = [
        Heading(say("Told by"), 44, "wrap"),
        Heading(say("In words"), 60, "wrap"),
        Heading(say("Number"), 10, "whole"),
    ]
    rows: list[list[Value]] = [[say("Obstacles"), None, found.n]]
    groups = []
    for table in all_tables(found):
        groups.append(len(rows) + 1)
        rows += [[say.say(table.heading), say.say(name), n] for _, name, n in table_rows(table)]
    rows += [[say.say(sentence), None, None] for sentence in obstacle_sentences(found)]
    return SheetOut(say("Obstacles"), headings, rows, about=f"{found.scenario.name}, {found.period}", groups=groups)


def obstacle_pages(found: ObstacleReport, say: Words) -> dict[str, object]:
    """What a PDF is made of."""
    return {
        "title": say.say(obstacle_title(found)),
        "language": say.language,
        "copy": found.scenario.name,
        "mark": say("Whole quarters alone"),
        "lines": [say.say(sentence) for sentence in obstacle_sentences(found)],
        "header": [say("In words"), say("Number")],
        "sections": [
            {
                "title": say.say(table.heading),
                "lines": [],
                "widths": [5, 1],
                "counts": True,
                "rows": [[say.say(name), str(n)] for _, name, n in table_rows(table)],
            }
            for table in all_tables(found)
        ],
    }
