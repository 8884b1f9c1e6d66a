"""What the console keeps of a plan, while threads ask for it side by side."""

from arshjul.console.years import Years
from tests.builders import plan, scenario

OLD, NEW = plan(scenario(), []), plan(scenario(), [])


class YearsBesideAnother(Years):
    """Another thread draws the new plan as soon as this one has made room for the old one's pictures."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "_drawn" and isinstance(value, tuple) and value[0] is OLD:
            self.drawn(NEW, "wheel", lambda: b"new")


def test_no_picture_of_an_old_plan_is_shown_of_a_new_one() -> None:
    years = YearsBesideAnother()
    assert years.drawn(OLD, "wheel", lambda: b"old") == b"old"
    assert years.drawn(NEW, "wheel", lambda: b"new") == b"new"
    assert years.drawn(NEW, "wheel", lambda: b"drawn again") == b"new"
