"""A contact of a party as forms write it, and its mailbox, judged as those of parties are."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from arshjul.errors import InputError, Message, Problem
from arshjul.formats.form_document import FormDocument
from arshjul.formats.schema.fields import Told
from arshjul.formats.validation import validated
from arshjul.formats.words import Email, Name, Written, quoted

_MAILBOX: TypeAdapter[str] = TypeAdapter(Email)


class WrittenInvitation(Written):
    """`contacts`: a function of a party that is invited to the portal."""

    party: Annotated[Name, Told(Message("Party"))]
    function: Annotated[Name, Told(Message("Function, never a person"))]
    may: Annotated[list[Name], Told(Message("May"))]
    email: Annotated[Email | None, Told(Message("E-mail"))] = None
    code_to: Annotated[Email | None, Told(Message("E-mail for codes"))] = None


def invitation_problems(item: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything that is wrong with an invitation; paths begin with `contacts[0]`."""
    document = FormDocument.of({"contacts": [item]})
    validated(WrittenInvitation, document, ("contacts", 0), is_json=True)
    return tuple(document.problems())


def refuse_no_mailbox(given: str) -> None:
    """InputError if it is neither empty nor a mail address."""
    try:
        if given:
            _MAILBOX.validate_python(given)
    except ValidationError:
        values = {"given": quoted(given)}
        raise InputError(Message("{given} is no e-mail address, as of a function: NAME@PLACE.", values)) from None
