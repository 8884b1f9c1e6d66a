"""A programme: what operations are for, and the agency that answers for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Programme:
    """What operations are for. `owner`: the agency that answers for it; `purpose`: what it is to achieve, in words."""

    id: str
    name: str
    owner: str | None = None
    purpose: str = ""
