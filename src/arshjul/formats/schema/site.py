"""`sites` of operations and objects."""

from pydantic import Field

from arshjul.domain.operation import Site
from arshjul.formats.shape import Shape
from arshjul.formats.words import Text


class WrittenSite(Shape[Site]):
    """SECRET: a place or business."""

    thing = Site

    ref: Text = Field(repr=False)
    name: Text = Field("", repr=False)
    address: Text = Field("", repr=False)
