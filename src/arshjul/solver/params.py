"""The numbers that control a solve, with their units, ranges and reasons, and a switch for each technique.

One `SolveParams` is passed down from `solve`; each room reads its own group. The benchmark varies them
(`make bench BENCH="--ablate"`); docs/benchmarks.md says what each technique is worth. A number that nobody sets is
a constant where it is used. "Deterministic seconds" are CP-SAT's own measure of work, about a second each, and the same
on every machine: what decides which plan comes out is measured in those, never in seconds of a clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from arshjul.system.processes import are_engines_apart

MOST_VARIABLES = 10_000_000
"""The most variables of a model for an engine."""
DETERMINISTIC_S = "deterministic seconds"
SECONDS = "seconds"
SHARE = "share"
VARIABLES = "0/1 variables"
A_SET = "variables an activity"
COUNT = "count"
RANGES = {DETERMINISTIC_S: (0, 3600), SHARE: (0, 1), VARIABLES: (0, MOST_VARIABLES), A_SET: (1, 1000)}
"""The least and the most of a unit, where the number itself says nothing else."""


def number(default: Any, unit: str, why: str, within: tuple[float, float] | None = None) -> Any:
    least, most = RANGES[unit] if within is None else within
    return field(default=default, metadata={"unit": unit, "least": least, "most": most, "why": why})


def switch(why: str) -> Any:
    return field(default=True, metadata={"unit": "switch", "why": why})


class _Group:
    """A group of parameters whose ranges are checked. ValueError: one is out of its range."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            if "least" in item.metadata:
                value, least, most = getattr(self, item.name), item.metadata["least"], item.metadata["most"]
                values: Sequence[float] = value if isinstance(value, tuple) else (value,)
                if not all(least <= given <= most for given in values):
                    raise ValueError(f"{type(self).__name__}.{item.name} is {value}: it must be {least} to {most}")


@dataclass(frozen=True, slots=True)
class TranslationParams(_Group):
    cliques: bool = switch("one constraint for each clique of conflicts, tighter than one for each pair")
    lag_starts: int = number(366, "starts", "the most on a side for the tight form of a lag: 600 take 5 s", (0, 5000))


@dataclass(frozen=True, slots=True)
class PresolveParams(_Group):
    strengthening: bool = switch("smaller coefficients and limits with the same 0/1 points")
    dominance: bool = switch("removes implied constraints, and options that another one replaces at no greater cost")


@dataclass(frozen=True, slots=True)
class SizeParams(_Group):
    """The numbers of 0/1 variables at which techniques start or stop."""

    small: int = number(700, VARIABLES, "up to this size CP-SAT alone is done before an LP and what follows would be")
    process: int = number(1500, VARIABLES, "up to this size searched in a thread: a process takes 0.5 s to start")
    local: int = number(20_000, VARIABLES, "up to this size a component that is alone is tried in a thread first")
    whole: int = number(50_000, VARIABLES, "up to this size a core is searched by CP-SAT as one model")


@dataclass(frozen=True, slots=True)
class EngineParams(_Group):
    aggregation: bool = switch("one variable for all options of an activity that cost and weigh the same")


@dataclass(frozen=True, slots=True)
class LevelParams(_Group):
    lookahead: bool = switch("looks for a plan with all levels but the last at their bounds, by the last one's LP")
    rounding: bool = switch("takes the LP's optimum for a plan where it is one, else looks for one in what that takes")
    fixing: bool = switch("a variable that no plan as good as a proven level can take is left out of later ones")
    branching: bool = switch("branch and bound on the LP of a level, where cores prove nothing and a plan is known")
    merging: bool = switch("the two levels before the last as one, where a plan is known and their values are small")
    share: float = number(0.5, SHARE, "of the time left, what one level may take before it pauses for the later")


@dataclass(frozen=True, slots=True)
class SeparationParams(_Group):
    cliques: bool = switch("cliques of the conflict graph of all constraints, where the LP's optimum breaks one")
    zero_half: bool = switch("sums of constraints, halved and rounded down, where the LP's optimum breaks one")
    rounds: int = number(3, COUNT, "of cliques, each with an LP: later ones bring little, and make it slow", (0, 50))
    halves: int = number(40, COUNT, "of zero-half cuts on a level, each with an LP, as long as they pay", (0, 500))


@dataclass(frozen=True, slots=True)
class CoreParams(_Group):
    """The search of one level by cores, which hold the variables within a reduced cost."""

    core: bool = switch("searches narrow cores first; without it the whole model, or neighbourhoods")
    effort: float = number(1.0, DETERMINISTIC_S, "for a first core; each later one at its width gets double")
    whole_effort: float = number(32.0, DETERMINISTIC_S, "for a model that is small or has no plan yet; then double")
    kernel_width: int = number(8, A_SET, "on average in the first core: what the LP takes or all but takes")
    broad_width: int = number(18, A_SET, "in the next core of a model above `whole`")
    narrowest: float = number(1.0, "units of the level", "the second core's width at least; then double", (0, 100))
    first_effort: float = number(16.0, DETERMINISTIC_S, "for cores that are searched for a first plan")
    few: int = number(6000, VARIABLES, "are soon searched through, whatever is missing")
    patience: float = number(0.5, SHARE, "of a core's effort that neighbourhoods may waste near a proof", (0, 100))


@dataclass(frozen=True, slots=True)
class LNSParams(_Group):
    lns: bool = switch("frees some dozens of activities of the best plan at a time and lets CP-SAT place them anew")
    effort: float = number(0.5, DETERMINISTIC_S, "for one sub-solve at first")
    breadth: int = number(30, A_SET, "that a freed one may take on average at first", (1, 120))
    size: int = number(50, "activities", "that are freed at first", (1, 320))


@dataclass(frozen=True, slots=True)
class DecompositionParams(_Group):
    decomposition: bool = switch("solves regions apart, what they share being priced")
    effort: float = number(12.0, DETERMINISTIC_S, "for one region")
    share: float = number(0.6, SHARE, "of the time left, for all regions")
    breadths: tuple[int, ...] = number((10, 30, 60), A_SET, "of those that share something, while mixing", (0, 1000))


@dataclass(frozen=True, slots=True)
class SupervisorParams(_Group):
    local_effort: float = number(64.0, DETERMINISTIC_S, "in a thread first: a process begins it all anew")
    attempts: int = number(6, COUNT, "engines that may fail on a component, or end without a proof, by turns", (1, 100))
    pause_s: float = number(0.5, SECONDS, "before the third attempt, then twice: memory may be short", (0, 60))
    certify_share: float = number(0.25, SHARE, "of the time limit, for the certificate at the least")
    connect_s: float = number(10, SECONDS, "for a cluster's scheduler to appear", (0, 3600))


@dataclass(frozen=True, slots=True)
class SolveParams:
    translation: TranslationParams = TranslationParams()
    presolve: PresolveParams = PresolveParams()
    sizes: SizeParams = SizeParams()
    engines: EngineParams = EngineParams()
    levels: LevelParams = LevelParams()
    separation: SeparationParams = SeparationParams()
    core: CoreParams = CoreParams()
    lns: LNSParams = LNSParams()
    decomposition: DecompositionParams = DecompositionParams()
    supervisor: SupervisorParams = SupervisorParams()

    def but(self, **values: Any) -> "SolveParams":
        """The same with some values changed, each named `group__name`, as in `but(core__effort=2.0)`."""
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
