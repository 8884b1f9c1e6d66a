"""The report's first page: the eight proposals of Effektiva samarbetsformer, each with its figures, and last year's."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from arshjul.domain.feature import OF_MEETINGS, OF_OBSTACLES, OF_PICTURES, OF_SHEETS
from arshjul.errors import Message
from arshjul.planning.report.figures import Figure
from arshjul.planning.report.report import COUNCIL, Report


class WantedFigure(NamedTuple):
    """A figure on the first page, by its part, and by its id or else its key.

    `none` is said if none of those with the same is there; None: nothing is.
    """

    part: str
    key: str
    none: Message | None


class ReportProposal(NamedTuple):
    """A proposal, by its number in the report of 2024 (None: besides them), and the figures of what came of it.

    `feature`: what the year must use for it; None: nothing.
    """

    number: int | None
    name: Message
    wanted: Sequence[WantedFigure]
    feature: str | None = None


class ShownFigure(NamedTuple):
    """A figure beside the same one of the year before. `before` None: there is no such year."""

    figure: Figure
    before: Figure | None


class ShownProposal(NamedTuple):
    number: int | None
    name: Message
    figures: Sequence[ShownFigure]


def _wanted(part: str, *keys: str, none: Message | None = None) -> list[WantedFigure]:
    return [WantedFigure(part, key, none) for key in keys]


_NO_OBSTACLES = Message("no obstacles reported in a past quarter")
_NO_MINUTES = Message("network meetings: no minutes")
_NO_ANSWERS = Message("marks: no evaluations")
_NO_SHEETS = Message("information sheets: none was due")
_NO_PICTURES = Message("situation pictures: none entered")
_NO_AGENCIES = Message("no agency named by the council is in the plan")

PROPOSALS = (
    ReportProposal(
        1,
        Message("Raise obstacles to sharing information"),
        _wanted("obstacles_raised", "raised", "across", none=_NO_OBSTACLES),
        OF_OBSTACLES,
    ),
    ReportProposal(
        2,
        Message("Meet regularly in the network"),
        [*_wanted("meetings", "network-meeting", none=_NO_MINUTES), *_wanted("network", "came", none=_NO_MINUTES)],
        OF_MEETINGS,
    ),
    ReportProposal(
        3,
        Message("Evaluate continually"),
        [
            *_wanted("", "evaluated"),
            *_wanted("evaluation", "days"),
            *_wanted("marks", "lead_time", "information", "right_object", "roles", "police", none=_NO_ANSWERS),
            *_wanted("worst", "worst"),
        ],
    ),
    ReportProposal(
        4,
        Message("Plan and staff together by an annual wheel"),
        [
            *_wanted("lead_time", "told_days", "first_date"),
            *_wanted("with_agency", *COUNCIL, none=_NO_AGENCIES),
        ],
    ),
    ReportProposal(5, Message("Share information alike"), _wanted("", "sheets", none=_NO_SHEETS), OF_SHEETS),
    ReportProposal(6, Message("Designate operation officers"), _wanted("police", "designated", "same_unit")),
    ReportProposal(7, Message("Make roles clear to the police"), _wanted("marks", "roles", none=_NO_ANSWERS)),
    ReportProposal(
        8,
        Message("Develop the municipal police's pictures"),
        _wanted("pictures", "police", "areas", none=_NO_PICTURES),
        OF_PICTURES,
    ),
    ReportProposal(
        None,
        Message("Be ready for withdrawals"),
        [*_wanted("police_lost", "lost", "short"), *_wanted("operations", "saved")],
    ),
)


def first_page(found: Report) -> list[ShownProposal]:
    used = [one for one in PROPOSALS if one.feature is None or one.feature in found.scenario.uses]
    return [ShownProposal(one.number, one.name, list(_shown(found, one.wanted))) for one in used]


def _shown(found: Report, wanted: Iterable[WantedFigure]) -> Iterable[ShownFigure]:
    figures = [(one, _figure(found, one)) for one in wanted]
    known = [one.none for one, figure in figures if figure is not None]
    for one, figure in figures:
        if figure is not None:
            yield ShownFigure(figure, None if found.before is None else _figure(found.before, one))
        elif one.none is not None and one.none not in known:
            known.append(one.none)
            yield ShownFigure(Figure(one.key, one.none, None, part=one.part), None)


def _figure(found: Report, wanted: WantedFigure) -> Figure | None:
    return next((one for one in found.figures if one.part == wanted.part and wanted.key in (one.id, one.key)), None)
