"""The boards that are measured, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from arshjul.solver.board import Board
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.plan import bare_board
from tests.bench import bursts, fills, special_events
from tests.bench.contenders import CONTENDERS, DASK, FEW, OURS
from tests.bench.generator import Wish, year
from tests.solver.boards import apart

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
FULLER = SCENARIO.parent / "goteborg-2027-fuller"
REGION = Wish(130)

EVERYONE = tuple(name for name in CONTENDERS if name != DASK)
SEVERAL = (OURS, *FEW)


@dataclass(frozen=True, slots=True)
class Measured:
    """A board, the seconds that ours and the others have for it, and who is measured on it unless asked otherwise.

    The others have less: what they take beyond twice ours says no more. `runs`: the most of anybody.
    """

    make: Callable[[], Board]
    contenders: Sequence[str] = SEVERAL
    limit_s: float = 60
    others_s: float = 30
    runs: int = 3

    def limit(self, contender: str) -> float:
        """The seconds that it has."""
        return self.limit_s if contender in (OURS, DASK) else self.others_s


def _of(wish: Wish) -> Callable[[], Board]:
    return lambda: year(wish)


def _shared(year: str) -> Board:
    return bare_board(read_scenario(special_events.YEARS / year / "scenario").scenario)


BOARDS = {
    "goteborg-2027": Measured(lambda: bare_board(read_scenario(SCENARIO).scenario), EVERYONE),
    "goteborg-2027 fuller": Measured(lambda: bare_board(read_scenario(FULLER).scenario)),
    "130": Measured(_of(REGION)),
    "130 ten times": Measured(lambda: apart([year(REGION)] * 10), [OURS], 180),
    "260 objects": Measured(fills.board),
    "300": Measured(_of(Wish(300)), EVERYONE),
    "300 tight": Measured(_of(Wish(300, tight=True))),
    "300 priced": Measured(_of(Wish(300, priced=True))),
    **{f"{burst}, {option}": Measured(partial(bursts.board, burst, option)) for burst, option in bursts.MEASURED},
    **{
        year: Measured(partial(_shared, year), [*SEVERAL, "list planner"])
        for year in special_events.NAMES
        if special_events.YEARS.exists()
    },
    "1300 in 10 regions": Measured(_of(Wish(1300, 10)), [*SEVERAL, "list planner", DASK]),
    "2100 in 7 regions, shared": Measured(
        _of(Wish(2100, 7, shared=True)), [*SEVERAL, "list planner", DASK], 180, runs=1
    ),
}
