"""`sites` of operations and objects."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.declaration import Text, Told
from arshjul.domain.operation import Site
from arshjul.errors import Message
from arshjul.formats.shape import Shape

# fmt: off
# A field is a line.


class WrittenSite(Shape[Site]):
    """SECRET: a place or business."""

    thing = Site

    ref: Annotated[Text, Told(Message("Ref"), Message("Your own reference, never a case number. Secret, like all on this sheet."), prompt=Message("Reference of the place"))] = Field(repr=False)
    name: Annotated[Text, Told(Message("Name"), Message("The site's name. It stands in no calendar and on no page."), prompt=Message("Name of the place"))] = Field("", repr=False)
    address: Annotated[Text, Told(Message("Address"), Message("The site's address."), prompt=Message("Its address"))] = Field("", repr=False)
