"""The log of another year to learn from, in a plan folder or a file."""

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from arshjul.domain.history.rates import heard_year, watched_short
from arshjul.domain.withdrawal import KINDS, HeardLog
from arshjul.errors import InputError, Message
from arshjul.formats.plan.plan_folder import read_plan_folder
from arshjul.formats.scenario.folder import read_file, shown
from arshjul.formats.schema.settings import WrittenHeardLog
from arshjul.formats.validation import validated
from arshjul.formats.workbook.reading import is_workbook

_CAUSES = frozenset(kind.cause for kind in KINDS)


class Heard(NamedTuple):
    """A log, None if nobody kept it; and a warning if it does not cover its whole year."""

    log: HeardLog | None
    warning: Message | None = None


def heard_log(path: Path) -> Heard:
    """The log at the path. InputError or Refused if there is none that can be used."""
    name = shown(Path(os.path.normpath(path)))
    if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        read = read_plan_folder(path)
        return Heard(heard_year(read.scenario, read.plan), watched_short(read.scenario, read.plan, name))
    if is_workbook(path):
        raise InputError(Message("{file} is a workbook: name a plan folder or a YAML file.", {"file": name}))
    document = read_file(path, name)
    written = validated(WrittenHeardLog, document, (), is_json=True) if document.whole else None
    document.refuse(Message("{file} is not a year's log, with from, to and withdrawals.", {"file": name}))
    if written is None:
        raise TypeError("a log that cannot be used was not refused")
    return Heard(written.domain())


def known_of(log: HeardLog, police: Collection[str], shifts: Collection[str]) -> HeardLog:
    """The part of a log that a scenario with these units and shifts can learn from.

    The words of a cause without a kind of its own are dropped.
    """
    heard = []
    for one in log.withdrawals:
        units = tuple(id for id in one.police if id in police)
        taken = None if one.shifts is None else tuple(id for id in one.shifts if id in shifts)
        if units and taken != () and one.first in log.year:
            cause = one.cause if one.cause in _CAUSES else ""
            heard.append(
                replace(one, police=units, shifts=taken, cause=cause, officers_left=0, until=None, revision=None)
            )
    return replace(log, withdrawals=tuple(heard))
