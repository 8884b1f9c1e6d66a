"""A contact of a party as forms write it, and its mailbox, judged as those of parties are."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from arshjul.domain.declaration import Email, Name, Told
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.tree import FormDocument
from arshjul.formats.validation import validated
from arshjul.formats.words import Written, quoted

_PERSON = re.compile("[A-ZÅÄÖÉ][a-zåäöéü]+([- ][A-ZÅÄÖÉ][a-zåäöéü]+){1,3}")
"""Several words, all with a capital: functions have one at the beginning alone."""
_MAILBOX: TypeAdapter[str] = TypeAdapter(Email)


class WrittenInvitation(Written):
    """`contacts`: a function of a party that is invited to the portal."""

    party: Annotated[Name, Told(Message("Party"))]
    function: Annotated[Name, Told(Message("Function, never a person"))]
    may: Annotated[list[Name], Told(Message("May"))]
    email: Annotated[Email | None, Told(Message("E-mail"))] = None
    code_to: Annotated[Email | None, Told(Message("E-mail for codes"))] = None


def invitation_problems(item: Mapping[str, object], *, is_sure: bool) -> tuple[Problem, ...]:
    """Everything that is wrong with an invitation, and unless `is_sure` what is asked; paths begin with `contacts[0]`."""
    document = FormDocument.of({"contacts": [item]})
    validated(WrittenInvitation, document, ("contacts", 0), is_json=True)
    if not document.problems() and not is_sure and _PERSON.fullmatch(str(item["function"])):
        text = Message("{given} looks like a person's name: is it a function?", {"given": item["function"]})
        return (Problem("idle", text, path="contacts[0].function"),)
    return tuple(document.problems())


def refuse_no_mailbox(given: str) -> None:
    """InputError if it is neither empty nor a mail address."""
    try:
        if given:
            _MAILBOX.validate_python(given)
    except ValidationError:
        values = {"given": quoted(given)}
        raise InputError(
            Message("{given} is not an e-mail address: write NAME@PLACE, of a function.", values)
        ) from None
