"""`mail`: the coordinator's own words in the mail that parties get."""

from typing import Annotated

from arshjul.domain.party_mail import MailWords
from arshjul.errors import Message
from arshjul.formats.schema.fields import Told
from arshjul.formats.shape import Shape
from arshjul.formats.words import Email, Line, Phone

# fmt: off
# A field is a line.


class WrittenMail(Shape[MailWords]):
    """`mail`. All keys are optional; they name an office, never a person."""

    thing = MailWords

    from_name: Annotated[Line | None, Told(Message("Mail to parties: sender, a function"))] = None
    greeting: Annotated[Line | None, Told(Message("Mail to parties: greeting"))] = None
    closing: Annotated[Line | None, Told(Message("Mail to parties: closing"))] = None
    phone: Annotated[Phone | None, Told(Message("Mail to parties: the function's telephone"))] = None
    reply_to: Annotated[Email | None, Told(Message("Mail to parties: the function's address, for answers"))] = None
