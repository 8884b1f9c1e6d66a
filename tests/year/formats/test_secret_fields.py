"""What is secret is a shape of its own, and stands under the one key below which nothing is repeated."""

from arshjul.year.domain.operation import Site
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.scenario import WrittenScenario
from arshjul.year.formats.tree import SECRET_KEY, SITE_KEYS


def within(key: DeclaredKey) -> list[DeclaredKey]:
    parts = [] if key.model is None else keys(key.model, key.path)
    return [key, *(declared_key for part in parts for declared_key in within(part))]


def test_sites_stand_under_the_secret_key_alone() -> None:
    every = [declared_key for key in keys(WrittenScenario) for declared_key in within(key)]
    assert len(every) > 100
    assert {".".join(key.path) for key in every if key.model is shape(Site)} == {"operations.sites", "objects.sites"}
    assert all((key.path[-1] == SECRET_KEY) == (key.model is shape(Site)) for key in every)


def test_nothing_of_a_site_is_shown() -> None:
    assert shape(Site).model_fields.keys() == SITE_KEYS
    assert not any(field.repr for field in shape(Site).model_fields.values())
