"""Validity of addresses, and the computed end of those that last with the plan."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from types import NoneType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from arshjul.office.store import drafts, revisions
from arshjul.serving.sql.database import Transaction, asked_once
from arshjul.serving.sql.rows import T, TableRows
from arshjul.year.domain.calendar import local

Lasting = Annotated[datetime, NoneType]
"""An end, which is not stored of what lasts with the plan."""


@dataclass(frozen=True, slots=True)
class Validity:
    """The time until which an address admits its bearer; None: it is closed. `with_plan`: as long as the plan lasts."""

    open_until: datetime | None
    with_plan: bool = False


AFTER_PLAN = timedelta(days=90)
"""So that no evaluation is missed."""


def end_of_term(last: date, zone: ZoneInfo) -> datetime:
    return local(last + AFTER_PLAN + timedelta(days=1), datetime.min.time(), zone)


_ENDS = select(revisions.REVISIONS.c.published_at, revisions.REVISIONS.c.ends_at).order_by(revisions.REVISIONS.c.number)


@asked_once
def lasting(db: Transaction) -> Callable[[datetime], datetime]:
    """The end of what was made at a moment and lasts with the plan; at least 90 days. What has ended stays so."""
    served = db.execute(_ENDS).all()
    known = [next(same) for _, same in groupby(served, key=lambda row: row.ends_at)]
    (_, first), *later = [tuple(row) for row in known] or [(None, _of_draft(db))]

    def end(made_at: datetime) -> datetime:
        least = made_at + AFTER_PLAN
        until = max(least, first or least)
        for published_at, ends_at in later:
            if published_at < until:
                until = max(least, ends_at or least)
        return until

    return end


def _of_draft(db: Transaction) -> datetime | None:
    """The end by a year that was never published; None if there is no year."""
    draft = drafts.DRAFTS.first(db)
    if draft is None:
        return None
    plan = json.loads(draft.scenario)["plan"]
    return end_of_term(date.fromisoformat(plan["to"]), ZoneInfo(plan["timezone"]))


class LastingRows(TableRows[T]):
    """The rows of addresses or contacts. One without an end of its own is `with_plan`, and no end is stored for it."""

    def all(self, db: Transaction, most: int | None = None) -> list[T]:
        found: list[Any] = super().all(db, most)
        ends = lasting(db)
        return [
            one if one.expires_at else replace(one, expires_at=ends(one.created_at), with_plan=True) for one in found
        ]

    def row(self, made: Any) -> dict[str, Any]:
        return super().row(made) | ({"expires_at": None} if made.with_plan else {})
