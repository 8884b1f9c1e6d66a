import pytest

from arshjul.errors import InputError
from arshjul.planning.places.explain import known
from arshjul.texts import Words
from tests import years


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("op-001", 'The nearest are "OP-001", "OP-003" and "OP-002".'),
        ("op-2", 'The nearest are "OP-002", "OP-003" and "OP-001".'),
        ("Avenyn", "in the plan."),
    ],
)
def test_an_unknown_operation_is_told_with_the_nearest_ids(given: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        known(years.scenario(4), given)
    assert Words("en").say(caught.value.message).endswith(says)
