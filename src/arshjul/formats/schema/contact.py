"""The mailbox of a contact, judged as those of parties are."""

from pydantic import TypeAdapter, ValidationError

from arshjul.errors import InputError, Message
from arshjul.formats.words import Email, quoted

_MAILBOX: TypeAdapter[str] = TypeAdapter(Email)


def refuse_no_mailbox(given: str) -> None:
    """InputError if it is neither empty nor a mail address."""
    try:
        if given:
            _MAILBOX.validate_python(given)
    except ValidationError:
        values = {"given": quoted(given)}
        raise InputError(Message("{given} is no e-mail address, as of a function: NAME@PLACE.", values)) from None
