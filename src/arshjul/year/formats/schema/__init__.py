"""The shapes of everything that people write, as pydantic models: one for each mapping.

A model knows its own keys and no others: whether a referenced id exists is judged by code that sees the whole. Models
are the only way to domain objects and back (`formats.shape`). Custom shapes are loaded first, so that declared
shapes know them.
"""

from arshjul.year.formats.schema import custom_shapes as custom_shapes
