"""The features that a town may do without: each with its words, and all that goes when it is not used."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from arshjul.errors import InputError, KeyName, Message


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature by its id. `purpose`: what it is for, in a sentence; `right`: the one that contacts need for it.

    `lists`: of entries that are its own; `kinds`: of what contacts send for it. `console` and `portal`: its pages, by
    the beginnings of their paths.
    """

    id: str
    name: Message
    purpose: Message
    right: str = ""
    lists: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    console: tuple[str, ...] = ()
    portal: tuple[str, ...] = ()


OF_SHEETS, OF_PICTURES, OF_OBSTACLES, OF_CARDS = "sheets", "pictures", "obstacles", "cards"
OF_MEETINGS, OF_NOMINATIONS, OF_OFFERS = "meetings", "nominations", "offers"

FEATURES: Mapping[str, Feature] = {
    feature.id: feature
    for feature in (
        Feature(
            OF_SHEETS,
            Message("Information sheets"),
            Message("Parties write what others need before an operation, and choose the readers."),
            right="sheet",
            kinds=("sheet",),
            console=("/operations/{operation}/sheet",),
            portal=("/sheets",),
        ),
        Feature(
            OF_PICTURES,
            Message("Situation picture"),
            Message("Police and social services describe each area and sector."),
            right="picture",
            lists=("pictures",),
            kinds=("picture",),
            console=("/pictures",),
            portal=("/picture",),
        ),
        Feature(
            OF_OBSTACLES,
            Message("Obstacles"),
            Message("Parties report what could not be shared. The counts can be passed on."),
            lists=("obstacles",),
            kinds=("obstacle",),
            console=("/obstacles",),
            portal=("/obstacles",),
        ),
        Feature(
            OF_CARDS,
            Message("Cards"),
            Message("Each party tells what it may do, and looks for."),
            right="card",
            lists=("cards",),
            kinds=("card",),
            console=("/cards",),
            portal=("/card", "/cards"),
        ),
        Feature(
            OF_MEETINGS,
            Message("Meetings"),
            Message("Agendas, minutes and decisions. Calendars have the dates anyhow."),
            lists=("agenda_points", "minutes", "meeting_actions"),
            kinds=("agenda-point",),
            console=("/meetings",),
            portal=("/meetings",),
        ),
        Feature(
            OF_NOMINATIONS,
            Message("Nominations"),
            Message("Parties propose operations and objects, and follow them."),
            right="nominate",
            kinds=("operation", "object", "retraction"),
            console=("/nominations",),
            portal=("/nominate",),
        ),
        Feature(
            OF_OFFERS,
            Message("Calls for offers"),
            Message("Parties offer teams and officers in the portal."),
            right="offer",
            kinds=("officers-offer", "teams-offer"),
            console=("/calls",),
            portal=("/offers",),
        ),
    )
}

BESIDE = frozenset({"/nominations/new"})
"""Pages that begin as those of a feature, and belong to every year."""

ALL_FEATURES = tuple(FEATURES)


def in_order(used: Iterable[str]) -> tuple[str, ...]:
    return tuple(id for id in FEATURES if id in {*used})


def rights_used(may: Iterable[str], uses: Collection[str]) -> tuple[str, ...]:
    """The rights among these that can be used: those of a feature only where that is used."""
    gone = {feature.right for feature in FEATURES.values() if feature.id not in uses}
    return tuple(word for word in may if word not in gone)


def is_kind_used(kind: str, uses: Collection[str]) -> bool:
    """True unless that kind of what contacts send is of a feature that is not used."""
    return all(kind not in feature.kinds for feature in FEATURES.values() if feature.id not in uses)


def feature_of(path: str, pages: str) -> Feature | None:
    """The feature that a page belongs to by its path; `pages`: `console` or `portal`. None: of every year."""
    if path in BESIDE:
        return None
    for feature in FEATURES.values():
        starts: tuple[str, ...] = getattr(feature, pages)
        if any(path == start or path.startswith(f"{start}/") for start in starts):
            return feature
    return None


def refuse_unused(id: str, uses: Collection[str]) -> None:
    """InputError if the feature is not used, and what to do about it."""
    if id not in uses:
        raise InputError(unused_said(FEATURES[id]))


def unused_said(feature: Feature) -> Message:
    values = {"feature": feature.name, "key": KeyName("uses")}
    return Message("{feature} is not used: switch it on under Settings ({key}).", values)


def lists_unused(uses: Collection[str]) -> tuple[str, ...]:
    return tuple(name for feature in FEATURES.values() if feature.id not in uses for name in feature.lists)
