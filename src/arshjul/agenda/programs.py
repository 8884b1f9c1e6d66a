"""Calendar programs, and what they do with the address of a feed, in words for whoever gets one."""

from arshjul.errors import Message

_GOOGLE = Message("  Google: Other calendars, From URL, paste the https address.")
HOW_OFTEN = Message(
    "Outlook looks every few hours, Google perhaps once a day, Apple as often as its user chose: a change of "
    "the same day is told otherwise."
)
PROGRAMS = (
    Message("  Outlook: Add calendar, Subscribe from web, paste the https address."),
    _GOOGLE,
    Message("  Apple: File, New Calendar Subscription, paste the webcal address."),
    Message("  Thunderbird: New Calendar, On the Network, paste the https address."),
)
"""The address that each program takes, and where."""

STEPS = (
    *PROGRAMS,
    Message(
        "What is called off, Thunderbird and Apple strike out; Outlook shows it with that word first; Google hides "
        "it, unless the address is made with --client google."
    ),
    HOW_OFTEN,
)
"""The address that each program takes, and what it does with the calendar."""

GOOGLE_STEPS = (
    _GOOGLE,
    Message("This address is for Google alone: what is called off stands there with that word first."),
    HOW_OFTEN,
)
"""The same of an address that is made for Google."""
