"""Warnings about boards that can be solved but are probably wrong."""

from collections.abc import Iterator

from arshjul.board import Board
from arshjul.errors import Message, Problem


def doubts(board: Board, file: str) -> Iterator[Problem]:
    """Lags that cannot be kept, so that the later activity is never placed."""
    for k, lag in enumerate(board.lags):
        if lag.least is not None and lag.most is not None and lag.least > lag.most:
            values = {"min": lag.least, "max": lag.most, "after": board.activities[lag.after].id}
            text = Message('min {min} is above max {max}: "{after}" can never be placed.', values)
            yield Problem("bad-value", text, file, None, f"lags[{k}]")
