"""Every tuning number of a solve, with its unit, its range and why it has its value; and a switch for each technique.

One `SolveParams` is passed down from `solve`; each room reads its own group. The benchmark varies them
(`make bench BENCH="--ablate"`), and docs/solver.md says what each technique is worth. "Deterministic seconds" are
CP-SAT's own measure of work, about a second each, and the same on every machine: what decides which plan comes
out is measured in those, never in seconds of a clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from arshjul.crashes import are_engines_apart

DETERMINISTIC_S = "deterministic seconds"
SECONDS = "seconds"
SHARE = "share"
VARIABLES = "0/1 variables"
COUNT = "count"


def number(default: Any, unit: str, least: float, most: float, why: str) -> Any:
    """A field that holds a number from `least` to `most`."""
    return field(default=default, metadata={"unit": unit, "least": least, "most": most, "why": why})


def switch(why: str) -> Any:
    """A field that turns a technique off."""
    return field(default=True, metadata={"unit": "switch", "why": why})


class _Group:
    """Checks the ranges of its fields. ValueError: one is out of its range."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            if "least" not in item.metadata:
                continue
            value, least, most = getattr(self, item.name), item.metadata["least"], item.metadata["most"]
            values: Sequence[float] = value if isinstance(value, tuple) else (value,)
            if not all(least <= one <= most for one in values):
                raise ValueError(f"{type(self).__name__}.{item.name} is {value}: it must be {least} to {most}")


@dataclass(frozen=True, slots=True)
class TranslationParams(_Group):
    """The board as constraints."""

    cliques: bool = switch("one constraint for each clique of conflicts, tighter than one for each pair")
    clique_looks: int = number(
        1_000_000, COUNT, 0, 10**9, "after so many, half a second, cliques are taken as they come; 3,000 conflicts "
        "among 110 activities need 30,000",
    )  # fmt: skip
    lag_starts: int = number(
        366, COUNT, 0, 10**6, "from more starts on either side the tight form of a lag costs more than it gives: "
        "600 take five seconds to simplify",
    )  # fmt: skip
    lag_terms: int = number(4_000_000, COUNT, 0, 10**9, "the same where hundreds of options share a start")


@dataclass(frozen=True, slots=True)
class PresolveParams(_Group):
    """The model made small and tight."""

    strengthening: bool = switch("smaller coefficients and limits with the same 0/1 points")
    dominance: bool = switch("removes implied constraints, and options that another one replaces at no greater cost")
    reachable_limit: int = number(
        4096, "units", 0, 10**6, "a limit is lowered to a sum that can be reached up to this size: a bit set each"
    )
    reachable_sets: int = number(400, COUNT, 0, 10**5, "and over so many activities")
    pairs: int = number(2**20, COUNT, 1, 2**30, "of constraints are compared at once, as memory allows")
    sampled: int = number(6, COUNT, 2, 1000, "terms of a constraint are looked up in another before all of them are")


@dataclass(frozen=True, slots=True)
class SizeParams(_Group):
    """From how many 0/1 variables on what is worth while."""

    small: int = number(
        700, VARIABLES, 0, 10**9, "up to this size CP-SAT alone is done before an LP and what follows from it would be"
    )
    process: int = number(
        1500,
        VARIABLES,
        0,
        10**9,
        "from more on a component gets a process of its own: one takes half a second to start",
    )
    local: int = number(
        20_000, VARIABLES, 0, 10**9, "up to this size a component is tried here before a process is started for it"
    )
    whole: int = number(50_000, VARIABLES, 0, 10**9, "up to this size a core is searched by CP-SAT as one model")
    helped: int = number(8000, VARIABLES, 0, 10**9, "a smaller model is done before a helper has started")
    bounder: int = number(20_000, VARIABLES, 0, 10**9, "HiGHS has proven nothing in time above this size")


@dataclass(frozen=True, slots=True)
class EngineParams(_Group):
    """CP-SAT's settings and the LP's limits."""

    linearization: int = number(
        2,
        "level",
        0,
        2,
        "CP-SAT leans on the LP: at its default it proved nothing in a minute where this takes seconds",
    )
    cut_level: int = number(0, "level", 0, 1, "CP-SAT's own cuts cost more than they gave after our presolve")
    presolve: bool = field(
        default=False,
        metadata={"unit": "switch", "why": "CP-SAT's own found nothing after ours, and has known faults (issue 5274)"},
    )
    aggregation: bool = switch("one variable for all options of an activity that cost and weigh the same")
    lp_iterations: int = number(2000, COUNT, 0, 10**9, "of the simplex method, for the smallest LP")
    lp_iterations_a_set: int = number(
        15, COUNT, 0, 10**6, "more for each activity: boards took 4 to 14, degenerate ones more than 30, where the "
        "interior point is three times faster",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelParams(_Group):
    """The time of one level, and the look at the last one."""

    lookahead: bool = switch("looks for a plan with all levels but the last at their bounds, by the last one's LP")
    rounding: bool = switch("takes the LP's optimum for a plan where it is one, else looks for one in what that takes")
    fixing: bool = switch("a variable that no plan as good as a proven level can take is left out of later ones")
    share: float = number(0.5, SHARE, 0, 1, "of the time left, what one level may take before it pauses for the later")
    overtime: float = number(0.5, SHARE, 0, 1, "of the rest, what it may take to come to the end of what it is at")
    least_s: float = number(0.1, SECONDS, 0, 60, "with less time left no level is taken up again")
    excess_price: int = number(
        10_000, "units of the last level", 1, 10**9, "what the look-ahead's LP pays for a unit above a tentative cut"
    )
    units: int = number(
        12, COUNT, 1, 10**6, "the LP counts the last level so finely that an activity's options differ by so many "
        "units at most, far below the price of an excess",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeparationParams(_Group):
    """Cuts that the look-ahead's LP breaks."""

    cliques: bool = switch("cliques of the conflict graph of all constraints, where the LP's optimum breaks one")
    rounds: int = number(
        3, COUNT, 0, 1000, "of cuts, each with an LP: later ones raise the bound by little, and make it slow"
    )
    violation: float = number(0.02, SHARE, 1e-6, 1, "by which the LP's optimum breaks a cut that is worth a row")
    most: int = number(400, COUNT, 1, 10**6, "cuts in a round, those broken most")


@dataclass(frozen=True, slots=True)
class CoreParams(_Group):
    """The search of one level by cores, which are what lies within a reduced cost."""

    core: bool = switch("searches narrow cores first; without it the whole model, or neighbourhoods")
    effort: float = number(1.0, DETERMINISTIC_S, 0, 10**6, "for a first core; each later one at its width gets double")
    whole_effort: float = number(
        32.0, DETERMINISTIC_S, 0, 10**6, "for a whole model that is small or has no plan yet; then double"
    )
    kernel_width: int = number(
        8, "variables an activity", 1, 1000, "on average in the first core: what the LP takes or all but takes"
    )
    broad_width: int = number(18, "variables an activity", 1, 1000, "in the next core of a model above `whole`")
    narrowest: float = number(
        1.0, "units of the level", 0, 10**6, "the second core's reduced cost at least; then double"
    )
    near_percent: int = number(1, "per cent", 0, 100, "above the bound, within which a proof is likely")
    rounding_effort: float = number(
        0.1, DETERMINISTIC_S, 0, 10**6, "for a plan among what the LP's optimum takes: most are found in a tenth of it"
    )
    few: int = number(6000, VARIABLES, 0, 10**9, "are soon searched through, whatever is missing")
    patience: float = number(
        0.5,
        SHARE,
        0,
        100,
        "of the last core's effort, for which neighbourhoods may bring nothing where a proof is near",
    )
    far_patience: float = number(16.0, DETERMINISTIC_S, 0, 10**6, "the same at least where none is near")
    again: float = number(
        4, "times", 1, 1000, "the effort must have grown until fruitless neighbourhoods are tried anew"
    )
    first_reach: float = number(
        0.125, "units of the level", 0, 10**6, "of a first plan's core; each attempt doubles it"
    )
    first_tries: int = number(6, COUNT, 1, 100, "cores that are looked through for a first plan")
    first_effort: float = number(16.0, DETERMINISTIC_S, 0, 10**6, "after which no more of them are")
    plain: float = number(
        4, "times", 1, 1000, "the effort of a search without aggregation: it starts slowly, comes far"
    )


@dataclass(frozen=True, slots=True)
class LNSParams(_Group):
    """Large neighbourhood search, which learns its sizes on the way."""

    lns: bool = switch("frees some dozens of activities of the best plan at a time and lets CP-SAT place them anew")
    effort: float = number(2.0, DETERMINISTIC_S, 0, 10**6, "for one sub-solve at first")
    more_effort: float = number(1.1, "times", 1, 100, "the effort gets what came back with nothing")
    most_effort: float = number(8.0, DETERMINISTIC_S, 0, 10**6, "for one sub-solve at most")
    easy: float = number(
        0.25, SHARE, 0, 1, "of its effort, within which a sub-solve ended that lets the next free more"
    )
    a_variable: float = number(4e-5, DETERMINISTIC_S, 0, 1, "to make a sub-model, for each variable")
    a_solve: float = number(0.02, DETERMINISTIC_S, 0, 1, "that a sub-solve takes at least")
    breadth: int = number(30, "variables an activity", 1, 10**4, "that a freed one may take on average at first")
    most_breadth: int = number(120, "variables an activity", 1, 10**4, "and at most")
    size: int = number(50, "activities", 1, 10**5, "that are freed at first")
    least_size: int = number(10, "activities", 1, 10**5, "and at least")
    wide_size: int = number(320, "activities", 1, 10**5, "soon placed anew: then breadth grows before size does")
    blame: float = number(0.01, "units of the level", 0, 10**6, "added to each reduced cost, so that any may be drawn")
    wish: float = number(
        0.3, "units of the level", 0, 10**6, "a place may be worse than the present one, to be wished for"
    )
    round_effort: float = number(4.0, DETERMINISTIC_S, 0, 10**6, "for which each worker searches alone")
    recombining: bool = switch("one plan is made of those that workers came to")
    mixing: float = number(1.0, DETERMINISTIC_S, 0, 10**6, "for making that one plan")
    mixing_breadth: int = number(10, "variables an activity", 0, 10**4, "beside those in which the plans differ")


@dataclass(frozen=True, slots=True)
class DecompositionParams(_Group):
    """Lagrangian decomposition over communities of a model that is too large to be searched whole."""

    decomposition: bool = switch("solves regions apart, what they share being priced")
    grain: int = number(20, COUNT, 1, 10**6, "prices are whole multiples of one part in so many of a unit")
    effort: float = number(12.0, DETERMINISTIC_S, 0, 10**6, "for one region")
    mixing: float = number(
        4.0, DETERMINISTIC_S, 0, 10**6, "for mixing the regions' plans into the present one, each time"
    )
    share: float = number(0.6, SHARE, 0, 1, "of the time left, for all regions")
    breadths: tuple[int, ...] = number(
        (10, 30, 60),
        "variables an activity",
        0,
        10**4,
        "on average, of those that draw on what is shared, while mixing",
    )
    largest: float = number(0.6, SHARE, 0, 1, "of all activities in one region at most: else nothing is gained")
    shared: float = number(0.05, SHARE, 0, 1, "of all constraints between regions at most")
    most_sets: int = number(5000, "activities", 0, 10**6, "a matrix of all pairs of more would not fit beside the rest")
    sweeps: int = number(50, COUNT, 1, 10**6, "of Louvain's local moves at most")


@dataclass(frozen=True, slots=True)
class PortfolioParams(_Group):
    """Engines side by side, and shares of the time."""

    bounder: bool = switch("HiGHS looks for a level's bound on the second core")
    local_effort: float = number(
        2.0, DETERMINISTIC_S, 0, 10**6, "for a component that is tried here: four times what starting a process takes"
    )
    patience_s: float = number(1.5, SECONDS, 0, 10**6, "a level is CP-SAT's alone: a process takes half of it to start")
    niceness: int = number(
        19, "nice(1)", 0, 19, "of the bounder: it has the core while the primary's helper needs none"
    )
    helpers: int = number(
        1, COUNT, 0, 1000, "of the primary beside itself unless an executor says otherwise: the same with more cores, "
        "for the same plan",
    )  # fmt: skip
    attempts: int = number(6, COUNT, 1, 1000, "engines are started, by turns, where they fail or end without a proof")
    pause_s: float = number(
        0.5, SECONDS, 0, 60, "before the third attempt, twice that before the next: memory may be short"
    )
    again: float = number(
        1.5, "times", 1, 1000, "what it had, a component must get to begin again; with less it would come no farther"
    )
    warm_s: float = number(
        0.5, SECONDS, 0, 60, "with less time left no component is begun again: a process takes so long"
    )
    grace_s: float = number(0.5, SECONDS, 0, 60, "after the deadline, one that ends by its own clock is waited for")
    remote_start_s: float = number(0.5, SECONDS, 0, 60, "until a cluster's worker begins: so much less time it gets")
    certify_share: float = number(0.25, SHARE, 0, 1, "of the time limit, for the certificate at the least")


@dataclass(frozen=True, slots=True)
class ParallelParams(_Group):
    """Waiting for others."""

    connect_s: float = number(10, SECONDS, 0, 3600, "for a scheduler to appear")
    retry_s: float = number(0.2, SECONDS, 0, 60, "between two attempts to reach it")
    answer_s: float = number(2.0, SECONDS, 0, 60, "for its answer: it may be busy with what it was sent")
    silences: int = number(3, COUNT, 1, 1000, "in a row, and it is gone")
    look_s: float = number(1.0, SECONDS, 0, 60, "between two looks whether a cluster is there, or a flag is raised")
    heard_s: float = number(0.05, SECONDS, 0, 60, "between two looks whether a process has said something")


@dataclass(frozen=True, slots=True)
class SolveParams:
    """All groups. `SolveParams()` is what is used unless told otherwise."""

    translation: TranslationParams = TranslationParams()
    presolve: PresolveParams = PresolveParams()
    sizes: SizeParams = SizeParams()
    engines: EngineParams = EngineParams()
    levels: LevelParams = LevelParams()
    separation: SeparationParams = SeparationParams()
    core: CoreParams = CoreParams()
    lns: LNSParams = LNSParams()
    decomposition: DecompositionParams = DecompositionParams()
    portfolio: PortfolioParams = PortfolioParams()
    parallel: ParallelParams = ParallelParams()

    def but(self, **values: Any) -> "SolveParams":
        """The same but for some values, each named `group__name`, as in `but(core__effort=2.0)`."""
        changed: dict[str, dict[str, Any]] = {}
        for path, value in values.items():
            group, _, name = path.partition("__")
            changed.setdefault(group, {})[name] = value
        return replace(self, **{group: replace(getattr(self, group), **new) for group, new in changed.items()})

    def switches(self) -> Iterator[str]:
        """The paths of all techniques that can be turned off, as `but` takes them."""
        for group in fields(self):
            for item in fields(getattr(self, group.name)):
                if item.metadata["unit"] == "switch" and item.default is True:
                    yield f"{group.name}__{item.name}"


DEFAULT = SolveParams().but(sizes__process=0, sizes__local=0) if are_engines_apart() else SolveParams()
