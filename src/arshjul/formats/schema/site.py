"""`sites` of operations and objects."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.operation import Site
from arshjul.errors import Message
from arshjul.formats.schema.fields import Told
from arshjul.formats.shape import Shape
from arshjul.formats.words import Text

# fmt: off
# A field is a line.


class WrittenSite(Shape[Site]):
    """SECRET: a place or business."""

    thing = Site

    ref: Annotated[Text, Told(Message("Ref"), Message("Your own, never a case number. Secret, like all on this sheet."), prompt=Message("Reference"))] = Field(repr=False)
    name: Annotated[Text, Told(Message("Name"), Message("In no calendar and on no page."), prompt=Message("Name of the place"))] = Field("", repr=False)
    address: Annotated[Text, Told(Message("Address"))] = Field("", repr=False)
