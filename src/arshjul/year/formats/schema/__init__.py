"""The shapes of everything that people write, as pydantic models: one for each mapping.

A model knows its own keys and no others: whether a referenced id exists is judged by code that sees the whole. Models
are the only way to domain objects and back (`formats.shape`). What is written by hand is loaded first, so that shapes
that are made know it.
"""

from arshjul.year.formats.schema import by_hand as by_hand
