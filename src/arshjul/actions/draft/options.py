"""options: the options that a job computes from the draft, and the choice of one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.actions.draft.draft import (
    Draft,
    StaleDraft,
    keep,
    opened_draft,
    refuse_other,
    refuse_overtaken,
    seen_draft,
)
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import kept_plan_bytes, scenario_bytes, year_of_json
from arshjul.formats.scenario.sites_apart import bodies, with_sites, without_sites
from arshjul.planning.effort import Effort
from arshjul.planning.fill.fill import fill
from arshjul.planning.first.plan import make_plan
from arshjul.planning.replan.edit import with_objects_of
from arshjul.planning.replan.input import replan_input
from arshjul.planning.replan.replan import replan_from
from arshjul.solver import Progress
from arshjul.store import audit, drafts, jobs, proposals
from arshjul.store.events import Chosen
from arshjul.store.jobs import Job, StoredOption
from arshjul.store.store import Store, Transaction

FIRST = "first"
"""The only option of a year without a plan."""

FILLED = "filled"
"""The only option if objects are bound and nothing else is asked."""


@dataclass(frozen=True, slots=True)
class FoundOption:
    """A plan that a job found, and its scenario, without sites."""

    id: str
    scenario: Scenario
    plan: Plan


def options_at(store: Store, draft: Draft) -> int | None:
    """The number of the job that works the draft's options out, or has done so; None if none does."""
    with store.reading() as db:
        last = jobs.last(db)
    is_its_own = last is not None and draft.version and last.version == draft.version and not last.about
    return last.number if last is not None and is_its_own and last.state in {"running", "done"} else None


def ask(db: Transaction, seen: str, now: datetime, _: str = "") -> Draft:
    """The draft with a version, by which its job recognises it; one that equals the served year has none."""
    draft = seen_draft(db, seen)
    if draft.version:
        return draft
    keep(db, draft, draft, now)
    return opened_draft(db)


def work(draft: Draft, job: Job, progress: Callable[[Progress], None]) -> list[StoredOption]:
    if job.version != draft.version:
        raise StaleDraft
    options = _options(draft, draft.moment(job.started_at), Effort(job.limit_s, progress=progress))
    return [_stored(job.number, n, id, *year) for n, (id, year) in enumerate(options.items())]


def _options(draft: Draft, as_of: datetime, effort: Effort) -> Mapping[str, tuple[Scenario, Plan]]:
    """By option. Objects are bound where nothing moves: otherwise there is something to choose first, and they wait."""
    if draft.plan is None:
        scenario = draft.present.heard_until(as_of.date())
        return {FIRST: (scenario, make_plan(scenario, as_of, effort).plan)}
    scenario, plan, options = draft.scenario, draft.plan, {}
    given = None if draft.has_objects_alone else draft.given
    if draft.waiting or given is not None or not draft.asks_to_bind:
        begun = replan_input(scenario, plan, draft.entries_with(), as_of, given)
        replanned = replan_from(begun, plan, effort)
        options = {id: (replanned.scenario, one) for id, one in replanned.options.items()}
        if not draft.asks_to_bind or any(one.placed != plan.placed for _, one in options.values()):
            return options
        scenario, plan = next(iter(options.values()))
    wanted = with_objects_of(draft.present, draft.scenario, scenario)
    filled = fill(scenario, plan, wanted.objects, as_of, effort)
    return {FILLED: (filled.scenario, filled.plan)}


def _stored(job: int, position: int, id: str, scenario: Scenario, plan: Plan) -> StoredOption:
    bare = without_sites(scenario)
    kept = kept_plan_bytes(plan, bare, words(scenario.language))
    return StoredOption(job, id, position, scenario_bytes(bare), kept)


def options_of(store: Store, number: int) -> tuple[FoundOption, ...]:
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
        stored = [] if job is None or job.about else jobs.OPTIONS_FOUND.where(job=number).all(db)
    return tuple(_option(one) for one in stored)


def _option(stored: StoredOption) -> FoundOption:
    return FoundOption(stored.option, *year_of_json(stored.scenario, stored.plan))


def option_of(db: Transaction, number: int, option: str, seen: str) -> tuple[Draft, StoredOption]:
    """InputError if the job has no such option; StaleDraft if the draft is not the job's, or not the one seen."""
    draft, job = opened_draft(db), jobs.JOBS.get(db, number)
    refuse_overtaken(draft)
    refuse_other(draft, seen)
    if job is None or job.about or job.version != draft.version:
        raise StaleDraft
    options = {one.option: one for one in jobs.OPTIONS_FOUND.where(job=number).all(db)}
    if option not in options:
        raise InputError(
            Message("{given} does not exist: choose one of {known}.", {"given": option, "known": list(options)})
        )
    return draft, options[option]


def choose(store: Store, number: int, option: str, actor: str, now: datetime, seen: str) -> None:
    with store.writing() as db:
        draft, stored = option_of(db, number, option, seen)
        taken = _option(stored)
        scenario = _with_sites(draft, taken.scenario)
        given = None if option == FILLED else _with_waiting_objects(draft, scenario)
        new = replace(draft, scenario=scenario, plan=taken.plan, given=given)
        drafts.answer(db, taken.plan.revision)
        proposals.forget(db)
        audit.add(db, now, actor, Chosen(option, taken.plan.revision))
        keep(db, draft, new, now)


def _with_waiting_objects(draft: Draft, scenario: Scenario) -> Scenario | None:
    wanted = with_objects_of(draft.present, draft.scenario, scenario)
    return None if wanted == scenario else wanted


def _with_sites(draft: Draft, scenario: Scenario) -> Scenario:
    known = bodies(draft.scenario)
    if draft.undoing is not None:  # operations that come back
        before = bodies(draft.undoing.before.scenario).items()
        known |= {place: body for place, body in before if place[0] not in draft.scenario.operations}
    if draft.given is not None:
        edited = draft.given.operations.keys() | draft.given.objects.keys()
        known = {place: body for place, body in known.items() if place[0] not in edited}
        known |= bodies(draft.given)
    return with_sites(scenario, known)
