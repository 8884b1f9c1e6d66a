"""What is used: the features that a town may do without, each switched on or off."""

from arshjul.actions.draft.use_features import use_features
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.feature import FEATURES, in_order
from arshjul.serving.pages import Answer, Html, SeeOther

FIELD, BEFORE, NONE = "feature", "before", "-"


def show(visit: Visit) -> Answer:
    """All features; after a change what was switched, and the way back."""
    uses, before = visit.uses, visit.query.text(BEFORE)
    former = in_order(before.split(",")) if before else uses
    values = {
        "draft": visit.draft,
        "features": FEATURES.values(),
        "uses": uses,
        "former": former,
        "switched_on": [one.name for one in FEATURES.values() if one.id in uses and one.id not in former],
        "switched_off": [one.name for one in FEATURES.values() if one.id in former and one.id not in uses],
    }
    return Html("features.html", values)


def switch(visit: Visit) -> Answer:
    """Uses the features that are ticked, and no others."""
    form, before = visit.form, visit.uses
    use_features(visit.store, form.several(FIELD), visit.person, visit.now, form.text("seen"))
    visit.close_outside()
    return SeeOther(f"/features?{BEFORE}={','.join(before) or NONE}")


pages = (
    Page("/features", "GET", "see-features", READING, show),
    Page("/features", "POST", "use-features", CHANGING, switch),
)
