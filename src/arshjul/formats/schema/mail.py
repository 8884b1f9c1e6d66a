"""`mail`: the coordinator's own words in the mail that parties get."""

from typing import Annotated

from pydantic import AfterValidator

from arshjul.domain.mail_words import MailWords
from arshjul.errors import Message
from arshjul.formats.shape import Shape
from arshjul.formats.words import Email, Name, Phone, wrong

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

    from_name: _Line | None = None
    greeting: _Line | None = None
    closing: _Line | None = None
    phone: Phone | None = None
    reply_to: Email | None = None
