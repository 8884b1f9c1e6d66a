"""`mail`: the coordinator's own words in the mail that parties get."""

from typing import Annotated

from pydantic import AfterValidator

from arshjul.domain.mail_words import MailWords
from arshjul.errors import Message
from arshjul.formats.schema.fields import Told
from arshjul.formats.shape import Shape
from arshjul.formats.words import Email, Name, Phone, wrong

# fmt: off
# A field is a line.

LONGEST = 120
"""A greeting or a name of more characters is a slip: it stands in the head of each mail, or at its beginning."""


def _short(given: str) -> str:
    if len(given) > LONGEST:
        values = {"size": len(given), "most": LONGEST}
        raise wrong("bad-value", Message("The text has {size} characters, more than {most}: shorten it.", values))
    return given


_Line = Annotated[Name, AfterValidator(_short)]


class WrittenMail(Shape[MailWords]):
    """`mail`, each key of which may be left out; all are of a function, never of a person."""

    thing = MailWords

    from_name: Annotated[_Line | None, Told(Message("Mail to parties: who writes, a function"))] = None
    greeting: Annotated[_Line | None, Told(Message("Mail to parties: greeting"))] = None
    closing: Annotated[_Line | None, Told(Message("Mail to parties: closing"))] = None
    phone: Annotated[Phone | None, Told(Message("Mail to parties: telephone for questions, of the function"))] = None
    reply_to: Annotated[Email | None, Told(Message("Mail to parties: the function's address that answers go to"))] = None
