"""Calendar programs, and their handling of a feed's address, in words for subscribers."""

from arshjul.errors import Message

_GOOGLE = Message("  Google: Other calendars, From URL, paste the https address.")
SEEN = (
    Message(
        "Outlook looks every few hours, Google perhaps once a day, Apple as often as its user chose: a change of "
        "the same day is told otherwise."
    ),
    Message(
        "A date that a program shows as tentative stands, and may still be changed; it is confirmed when it is so "
        "near that it is not moved any more."
    ),
)
"""How soon a change is seen, and how certain a date is."""

PROGRAMS = (
    Message("  Outlook: Add calendar, Subscribe from web, paste the https address."),
    _GOOGLE,
    Message("  Apple: File, New Calendar Subscription, paste the webcal address."),
    Message("  Thunderbird: New Calendar, On the Network, paste the https address."),
)
"""The form of address that each program takes, and where."""

STEPS = (
    *PROGRAMS,
    Message(
        "What is called off, Thunderbird and Apple strike out; Outlook shows it with that word first; Google hides "
        "it, unless the address is made with --client google."
    ),
    *SEEN,
)
"""The form of address that each program takes, and what it does with the calendar."""

GOOGLE_STEPS = (
    _GOOGLE,
    Message("This address is for Google alone: what is called off stands there with that word first."),
    Message("Google looks perhaps once a day: a change of the same day is told otherwise."),
    SEEN[1],
)
"""The same for an address made for Google."""
