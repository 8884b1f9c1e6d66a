"""The boards that are measured, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from arshjul.board import Board
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.first.bare_board import bare_board
from tests.bench import bursts, fills
from tests.bench.contenders import CONTENDERS, DASK, ENGINES, OURS
from tests.bench.generator import Wish, year
from tests.solver.boards import apart

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
FULLER = SCENARIO.parent / "goteborg-2027-fuller"
REGION = Wish(130)

EVERYONE = tuple(name for name in CONTENDERS if name != DASK)


@dataclass(frozen=True, slots=True)
class Measured:
    """A board, the seconds that everyone has for it, and who is measured on it unless asked otherwise."""

    make: Callable[[], Board]
    limit_s: float = 60
    contenders: Sequence[str] = EVERYONE


def _of(wish: Wish) -> Callable[[], Board]:
    return lambda: year(wish)


BOARDS = {
    "goteborg-2027": Measured(lambda: bare_board(read_scenario(SCENARIO).scenario)),
    "goteborg-2027 fuller": Measured(lambda: bare_board(read_scenario(FULLER).scenario), contenders=[*ENGINES, OURS]),
    "130": Measured(_of(REGION)),
    "130 ten times": Measured(lambda: apart([year(REGION)] * 10), 180, [OURS]),
    "260 objects": Measured(fills.board, contenders=[*ENGINES, OURS]),
    "300": Measured(_of(Wish(300))),
    "300 tight": Measured(_of(Wish(300, tight=True))),
    "300 priced": Measured(_of(Wish(300, priced=True)), contenders=[*ENGINES, OURS]),
    **{
        f"{burst}, {option}": Measured(partial(bursts.board, burst, option), contenders=[*ENGINES, OURS])
        for burst, option in bursts.MEASURED
    },
    "1300 in 10 regions": Measured(_of(Wish(1300, 10)), contenders=[*EVERYONE, DASK]),
    "2100 in 7 regions, shared": Measured(_of(Wish(2100, 7, shared=True)), 180, [*EVERYONE, DASK]),
}
