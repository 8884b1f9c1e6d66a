"""A measured figure beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure and its goal; `holds` is None where there is none."""

    name: str
    value: str
    goal: str
    holds: bool | None
