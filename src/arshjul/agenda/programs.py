"""Calendar programs, and their handling of a feed's address, in words for subscribers."""

from arshjul.errors import Message

_GOOGLE = Message("  Google: Other calendars, From URL, paste the https address.")
SEEN = (
    Message(
        "Outlook looks every few hours, Google about once a day, Apple as set by the user. Changes of the same "
        "day are told otherwise."
    ),
    Message("Tentative dates hold, but may change. They are confirmed when they no longer move."),
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
        "Thunderbird and Apple strike out cancelled operations; Outlook marks them; Google hides them without "
        "--client google."
    ),
    *SEEN,
)
"""The form of address that each program takes, and what it does with the calendar."""

GOOGLE_STEPS = (
    _GOOGLE,
    Message("The address is for Google only: cancelled operations stay there, marked."),
    Message("Google looks about once a day: changes of the same day are told otherwise."),
    SEEN[1],
)
"""The same for an address made for Google."""
