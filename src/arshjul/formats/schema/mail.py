"""`mail`: the coordinator's own words in the mail that parties get."""

from typing import Annotated

from arshjul.domain.declaration import Email, Line, Phone, Told
from arshjul.domain.party_mail import MailWords
from arshjul.errors import Message
from arshjul.formats.shape import Shape

# fmt: off
# A field is a line.


class WrittenMail(Shape[MailWords]):
    """`mail`. All keys are optional; they name an office, never a person."""

    thing = MailWords

    from_name: Annotated[Line | None, Told(Message("Mail to parties: who writes, a function"))] = None
    greeting: Annotated[Line | None, Told(Message("Mail to parties: greeting"))] = None
    closing: Annotated[Line | None, Told(Message("Mail to parties: closing"))] = None
    phone: Annotated[Phone | None, Told(Message("Mail to parties: telephone for questions, of the function"))] = None
    reply_to: Annotated[Email | None, Told(Message("Mail to parties: the function's address that answers go to"))] = None
