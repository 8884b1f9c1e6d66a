"""The coordinator's own words in the mail to parties, which name an office, never a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailWords:
    """Each may be left out. `from_name`: who writes. `phone`: to call with questions. `reply_to`: who reads answers."""

    from_name: str | None = None
    greeting: str | None = None
    closing: str | None = None
    phone: str | None = None
    reply_to: str | None = None
