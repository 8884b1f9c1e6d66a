"""A scenario compared with the draft's: new, changed with old and new values, gone. The log and edits tell it so.

It comes in a workbook that somebody sent: one of ours, or a spreadsheet of their own with the file that maps its
columns. Parts that a spreadsheet does not hold (shifts, areas, agencies, units, rules) come from the present year.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.office.draft.draft import CANCELLED, Draft
from arshjul.office.draft.stored_draft import keep, opened_draft, seen_draft
from arshjul.office.store import audit, drafts
from arshjul.office.store.drafts import EDITS, StoredEdit
from arshjul.office.store.events import LogEvent, WorkbookTaken
from arshjul.office.store.store import Store, Transaction
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.entries.amendment import Edited
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.operation import as_written, single
from arshjul.year.domain.retired_parties import with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.folder.check import judged
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.mapped_workbook.proposal import propose
from arshjul.year.formats.mapped_workbook.reading import MappedScenario, at_cell, mapped_in
from arshjul.year.formats.mapped_workbook.sheets import map_in
from arshjul.year.formats.plan.plan_folder import bare_scenario, scenario_bytes
from arshjul.year.formats.reading import scenario_file
from arshjul.year.formats.scenario.objects import objects_of
from arshjul.year.formats.scenario.scenario_json import bodies, with_sites, without_sites
from arshjul.year.formats.words import local_time
from arshjul.year.formats.workbook.differences import CellChange, cell_changes
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.marked import marked_workbook
from arshjul.year.formats.workbook.package import NoWorkbook
from arshjul.year.formats.workbook.reading import (
    book_in,
    entries_in,
    objects_document,
    objects_in,
    same_book,
    scenario_in,
)
from arshjul.year.formats.yaml_guard import read_yaml
from arshjul.year.planning.check.secret_places import SECRET_PLACE, secret_doubts
from arshjul.year.planning.replan.edit import kept, taken_over
from arshjul.year.texts import Words, counted
from arshjul.year.texts.printable import on_one_line

_ONE = {"optional_agencies": "agencies"}
"""Keys that share the cells of others."""

_MOST_OF_NAME = 100
"""Characters of a sent file's name that messages repeat."""


def record_edit(db: Transaction, draft: Draft, new: Draft, event: LogEvent, actor: str, now: datetime) -> None:
    """Records the edit that made the `new` draft of another; none where it counts at once, or changes nothing."""
    if new.given is None:
        return
    before, after = draft.present.with_unplanned(new.given), new.given
    if before == after:
        return
    sides = (scenario_bytes(without_sites(scenario)) for scenario in (before, after))
    number = EDITS.highest(db, EDITS.c.number) + 1
    edit = StoredEdit(number, now, actor, event.kind.action, event.text, *sides)
    drafts.add_edit(db, edit, {"before": bodies(before), "after": bodies(after)})


def edit_sides(db: Transaction, edit: StoredEdit) -> tuple[Scenario, Scenario]:
    before, after = drafts.edit_sites(db, edit.number)
    return with_sites(bare_scenario(edit.before), before), with_sites(bare_scenario(edit.after), after)


@dataclass(frozen=True, slots=True)
class ScenarioDifference:
    """The difference to the draft, cell by cell. `begun` are operations that have begun, which stay as they were.

    `changed` are cells of operations, `others` those of other sheets. `edited` are operations with keys that were
    edited in the console since the year was planned, and that a change undoes. `stays` are published decisions that
    hold whatever the workbook says. `objects` are those to visit that are new, `other_objects` those that are changed
    or gone: only their ids are told. `is_to_bind`: objects are to be bound by the next plan.
    """

    new: tuple[str, ...]
    changed: tuple[CellChange, ...]
    gone: tuple[str, ...]
    begun: tuple[str, ...]
    others: tuple[CellChange, ...]
    edited: frozenset[tuple[str, str]] = frozenset()
    stays: tuple[CellChange, ...] = ()
    objects: tuple[str, ...] = ()
    other_objects: tuple[str, ...] = ()
    is_to_bind: bool = False

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.gone or self.others or self.objects or self.other_objects)

    @property
    def summary(self) -> Message:
        n_changed = len({change.id for change in self.changed})
        parts = [
            counted(len(self.new), "one new operation", "{n} new operations"),
            counted(n_changed, "one changed operation", "{n} changed operations"),
            counted(len(self.gone), "one removed operation", "{n} removed operations"),
            counted(len(self.objects), "one new object", "{n} new objects"),
            counted(len(self.other_objects), "one changed object", "{n} changed objects"),
            counted(len(self.others), "one other change", "{n} other changes"),
        ]
        what = [part for part in parts if part.values["n"]]
        if self.is_to_bind and not what:
            return Message("Objects are to be bound.")
        return Message("The year was edited: {what}.", {"what": what or [Message("nothing that matters")]})


def compare(draft: Draft, given: Scenario, begun: frozenset[str], say: Words) -> ScenarioDifference:
    """The difference to the draft, or to the edit that waits there, each with the year's decisions applied again."""
    return _compared(draft, _with_what_is_known(draft, given, begun), begun, say)


def _compared(draft: Draft, given: Scenario, begun: frozenset[str], say: Words) -> ScenarioDifference:
    old, new = _taken_over(draft, draft.present), _taken_over(draft, given)
    return replace(
        between(old, new, say, begun),
        edited=frozenset(_changed_here(draft, old, say)),
        stays=tuple(change for change in cell_changes(given, new, say) if change.id),
    )


def between(old: Scenario, new: Scenario, say: Words, begun: frozenset[str] = frozenset()) -> ScenarioDifference:
    had, has = old.objects, new.objects
    changes = list(cell_changes(old, new, say))
    was, now = _written(old), _written(new)
    return ScenarioDifference(
        new=tuple(id for id in now if id not in was),
        changed=tuple(change for change in changes if change.id and change.id not in begun),
        gone=tuple(id for id in was if id not in now and id not in begun),
        begun=tuple(sorted(begun & {change.id for change in changes})),
        others=tuple(change for change in changes if not change.id),
        objects=tuple(id for id in has if id not in had),
        other_objects=tuple(id for id in had if has.get(id) != had[id]),
    )


def waiting_edit(draft: Draft, begun: frozenset[str], say: Words) -> ScenarioDifference | None:
    if draft.given is None:
        return None
    difference = _compared(replace(draft, given=None), draft.given, begun, say)
    return replace(difference, is_to_bind=draft.asks_to_bind)


def _taken_over(draft: Draft, scenario: Scenario) -> Scenario:
    return scenario if draft.plan is None else taken_over(draft.scenario, scenario, draft.plan)


def _with_what_is_known(draft: Draft, given: Scenario, begun: Collection[str]) -> Scenario:
    """With the draft's objects, of which a workbook removes none; those of frames that have begun stay as they were."""
    given = with_known_sites(given, draft.present)
    bindings = {} if draft.plan is None else draft.plan.bindings
    held = {id for frame in begun for id in bindings.get(frame, ())}
    others = {id: one for id, one in given.objects.items() if id not in held}
    return replace(given, objects={**draft.present.objects, **others})


def _written(scenario: Scenario) -> tuple[str, ...]:
    """The ids of operations in their written form, in which a series is one."""
    return tuple(operation.id for operation in as_written(scenario.operations))


def _changed_here(draft: Draft, old: Scenario, say: Words) -> Iterator[tuple[str, str]]:
    """By operation and key, the edits made in the console, waiting or in an earlier plan."""
    if draft.given is not None:
        yield from ((change.id, change.key) for change in cell_changes(draft.scenario, old, say) if change.id)
    if draft.plan is not None:
        edits = [change.changed for change in draft.plan.entries.changes if isinstance(change, Edited)]
        yield from ((id, _ONE.get(key, key)) for edit in edits for id, keys in edit.items() for key in keys)


def mark_of(*given: Scenario) -> str:
    """A mark of scenarios, to check that the button accepts the same ones that its page showed."""
    return digest_of(b"".join(map(scenario_bytes, given)))


def other_plan(draft: Draft, given: Scenario) -> Message | None:
    """The action for a scenario of another plan than the draft's; None if it is of this one."""
    if given.name == draft.scenario.name:
        return None
    return Message(
        "{given} is another plan: this year is {name}. Choose the right file, or write {name} as its plan's name.",
        {"given": given.name, "name": draft.scenario.name},
    )


def take_over(
    store: Store,
    given: Scenario,
    actor: str,
    now: datetime,
    seen: str,
    cancelled: Collection[str] = (),
    event: LogEvent | None = None,
) -> None:
    """Accepts a sent scenario, which then waits for a plan together with the cancellations of `cancelled`.

    Other operations that it lacks stay in the year, so that none is cancelled by oversight; before the first plan they
    go. A series is cancelled by the id under which it is written. `event` None: a workbook was taken over. Refused if
    no plan of this year could be made from it; StaleDraft if the draft is not the one seen.
    """
    with store.writing() as db:
        take_over_in(db, seen_draft(db, seen), given, actor, now, cancelled, event)


def take_over_in(
    db: Transaction,
    draft: Draft,
    given: Scenario,
    actor: str,
    now: datetime,
    cancelled: Collection[str] = (),
    event: LogEvent | None = None,
) -> None:
    if (other := other_plan(draft, given)) is not None:
        raise Refused(other)
    say, old, reported = words(draft.scenario.language), draft.named, local_time(draft.moment(now))
    lacks = () if draft.plan is None else compare(draft, given, draft.begun(now), say).gone
    stays = [id for id in lacks if id not in cancelled]
    cancelled = [id for id in lacks if id in cancelled]
    given = kept(old, given, _members(old, stays)) if stays else given
    items = [(CANCELLED, {"operation": id, "reported": reported}) for id in _members(old, cancelled)]
    gone = draft.superseded(items)
    for entry in gone:
        drafts.take_back(db, entry.number, actor, now)
    new = replace(draft, waiting=draft.without(gone).waiting).edited(
        _with_what_is_known(draft, given, draft.begun(now))
    )
    drafts.add_entries(db, items, actor, now)
    event = event or WorkbookTaken(given.name)
    audit.add(db, now, actor, event)
    keep(db, draft, new)
    record_edit(db, draft, new, event, actor, now)
    planned = opened_draft(db)
    if not draft.usable(now)[1]:
        planned.refuse_unfit(planned.entries_with(), now)
    planned.refuse_no_edit(now)


def _members(scenario: Scenario, ids: Sequence[str]) -> list[str]:
    """The operations behind ids in their written form."""
    return [
        operation.id
        for written in as_written(scenario.operations)
        if written.id in ids
        for operation in single(written)
    ]


@dataclass(frozen=True, slots=True)
class SentWorkbook:
    """A sent file with its name, and the scenario; None if something is `wrong`, with every problem and doubt."""

    data: bytes
    scenario: Scenario | None = None
    notes: Sequence[Message] = ()
    wrong: Message | None = None
    problems: Sequence[Problem] = ()
    doubtful: Sequence[Problem] = ()
    name: str = ""

    def marked(self, say: Words) -> bytes | None:
        wrong = [problem for problem in self.problems if problem.sheet]
        try:
            return marked_workbook(self.data, wrong, self.doubtful, say)
        except NoWorkbook:
            return None


def read_sent(data: bytes, columns: bytes, year: Scenario, name: str = "") -> SentWorkbook:
    """`columns`: the mapping of a user's own spreadsheet, empty for our workbook; `name`: the file's, for messages."""
    book, map_name = _names(year)
    book = on_one_line(name)[:_MOST_OF_NAME] or book
    document = book_in(data, book)
    try:
        if columns:
            read = mapped_in(document, map_in(read_yaml(columns, map_name)), lambda: year)
        else:
            read = workbook_scenario(document)
    except InputError as error:
        notes, doubtful = list(map(at_cell, error.warnings)), error.warnings
        return SentWorkbook(
            data, notes=notes, wrong=error.message, problems=error.problems, doubtful=doubtful, name=name
        )
    secret = [doubt.text for doubt in secret_doubts(with_known_sites(read.scenario, year))]
    return SentWorkbook(data, read.scenario, [*read.notes, *secret], name=name)


def workbook_scenario(book: BookDocument) -> MappedScenario:
    read = scenario_file(scenario_in(book))
    document = read.unfolded.written
    if not isinstance(document, BookDocument):
        return MappedScenario(read.scenario, list(map(at_cell, read.warnings)))
    # secret places are told with all that is known
    doubts = [warning for warning in judged(read).warnings if warning.kind != SECRET_PLACE]
    try:
        objects = objects_of([objects_in(same_book(document), read.scenario)], read.scenario, document.file)
    except InputError as error:
        raise InputError(error.message, error.problems, doubts) from None
    notes = [*map(at_cell, [*doubts, *objects.odd_sectors(read.scenario)]), *_passed_over(document, read.scenario)]
    return MappedScenario(replace(read.scenario, objects=objects.objects), notes)


def _passed_over(document: BookDocument, scenario: Scenario) -> Iterator[Message]:
    entries = entries_in(same_book(document), scenario).tree.parts.items()
    if n_entries := sum(len(one.parts) for name, one in entries if name not in LEARNT):
        yield counted(
            n_entries,
            "One row of withdrawals, outcomes or changes was left out: enter it on the pages.",
            "{n} rows of withdrawals, outcomes or changes were left out: enter them on the pages.",
        )


def sent_objects(data: bytes, year: Scenario) -> dict[str, VisitObject]:
    """The objects on a workbook's sheet, whatever else it holds. InputError with the cell of every problem."""
    book, _ = _names(year)
    return objects_of([objects_document(book_in(data, book), year)], year, book).objects


def proposed_columns(data: bytes, year: Scenario) -> bytes:
    """A file that maps the columns of a spreadsheet, to be reviewed. InputError if no sheet looks like operations."""
    say = words(year.language)
    book, _ = _names(year)
    document = book_in(data, book)
    document.refuse(Message("{file} cannot be used.", {"file": book}))
    return propose(document.sheets, year, say("the year in the console")).text(say).encode()


def _names(year: Scenario) -> tuple[str, str]:
    """The names of the two files in messages: they are read from memory, so that their sites reach no disk."""
    return ("workbook.xlsx", "columns.yaml") if year.language == "en" else ("arbetsbok.xlsx", "kolumner.yaml")
