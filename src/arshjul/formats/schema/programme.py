"""`programmes`: what operations are for, and who answers for it, by the programme's id."""

from typing import Annotated

from pydantic import RootModel

from arshjul.domain.declaration import AgencyId, Id, OwnName, Text, Told
from arshjul.domain.scenario import Programme
from arshjul.errors import Message
from arshjul.formats.shape import Shape

# fmt: off
# A field is a line.


class WrittenProgramme(Shape[Programme]):
    """A programme; its id is its key."""

    thing = Programme

    name: OwnName
    owner: Annotated[AgencyId | None, Told(Message("Owner"), Message("The agency, perhaps without teams. It reads of all its operations. Empty: none."))] = None
    purpose: Annotated[Text, Told(Message("Purpose"), Message("Read by all participants."))] = ""


class WrittenProgrammes(RootModel[dict[Id, WrittenProgramme]]):
    """The section: programmes by id."""

    def domain(self) -> dict[str, Programme]:
        """The programmes."""
        return {id: Programme(id, one.name, one.owner, one.purpose) for id, one in self.root.items()}
