"""The kinds of values: ids, whole numbers, dates, clock times, choices.

Each refuses a wrong value with a `wrong`: its kind, what is wanted, and perhaps a remedy.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from arshjul.errors import Message
from arshjul.year.domain.calendar import WEEKDAY_IDS
from arshjul.year.domain.declaration import LONGEST_ID, ValueKind

FIRST_YEAR, LAST_YEAR = 1970, 2199  # assumption: other years are errors; dates can be computed within these
DIGITS = 4
LONGEST_LINE = 120  # a longer name or place is an error: it begins what people read
LONGEST_EMAIL = 254  # RFC 5321 4.5.3.1.3, without the brackets
_NEAR = 0.65  # the least share of common letters: "dag" is similar to "day", "OP-X" to nothing
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9()]){4,20}")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?")
# Characters that would break a line of a feed, or reverse text: docs/security.md#files-from-others.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class Written(BaseModel):
    """The base of all mappings: strict types, no unknown keys, no values in pydantic's errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


def wrong(kind: str, text: Message, *below: str | int) -> PydanticCustomError:
    """The error that a validator raises; `below` leads from its place to the wrong one."""
    return PydanticCustomError("wrong", "{kind}", {"kind": kind, "text": text, "below": below})


def wrong_type(wanted: Message, *, text_like: bool = True) -> PydanticCustomError:
    """The error for a value of the wrong type; quotes would help if `text_like`."""
    return PydanticCustomError("wrong", "{kind}", {"kind": "wrong-type", "wanted": wanted, "text_like": text_like})


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; of equally similar ones the first."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(given[:LONGEST_ID].casefold())
    best, found = _NEAR, None
    for word in known:
        matcher.set_seq1(word.casefold())
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, found = matcher.ratio(), word
    return found


def unknown(given: str, known: Iterable[str], what: Message) -> Message:
    """`what` is wrong, as a sentence, with "Did you mean …?" if a similar word is known."""
    return meant(what, nearest(given, known))


def meant(what: Message, near: str | None) -> Message:
    """`what` is wrong, as a sentence, and what was probably meant."""
    if near is None:
        return Message("{what}.", {"what": what})
    return Message('{what}. Did you mean "{near}"?', {"what": what, "near": near})


def quoted(given: str) -> str:
    """A word as repeated in errors: one line of limited length."""
    line = " ".join(given.split())
    return f'"{line}"' if len(line) <= LONGEST_ID else f'"{line[: LONGEST_ID - 1]}…"'


def _id(given: object) -> str:
    if not isinstance(given, str):
        raise wrong_type(Message("an id"))
    if len(given) > LONGEST_ID:
        text = Message("An id has at most {most} characters, not {size}.", {"most": LONGEST_ID, "size": len(given)})
        raise wrong("bad-id", text)
    if not _ID.fullmatch(given):
        values = {"given": quoted(given)}
        text = Message("{given} is not an id: use a-z, digits, and . _ - after the first.", values)
        raise wrong("bad-id", text)
    return given


def read_text(given: object) -> str:
    """The text, without characters that no line can hold."""
    if not isinstance(given, str):
        raise wrong_type(Message("a text"))
    return _UNPRINTABLE.sub("", given.replace("\r\n", "\n").replace("\r", "\n"))


def _name(given: object) -> str:
    text = " ".join(read_text(given).split())
    if not text:
        raise wrong("bad-value", Message("The text is empty: write something."))
    return text


def _line(given: str) -> str:
    if len(given) > LONGEST_LINE:
        values = {"size": len(given), "most": LONGEST_LINE}
        raise wrong("bad-value", Message("The text has {size} characters, more than {most}: shorten it.", values))
    return given


def _phone(given: object) -> str:
    if not isinstance(given, str):
        raise wrong_type(Message('a telephone number in quotes, like "031-390 06 00"'))
    text = " ".join(given.split())
    if not _PHONE.fullmatch(text):
        values = {"given": quoted(given)}
        raise wrong("bad-value", Message('{given} is not a telephone number: write it like "031-390 06 00".', values))
    return text


def _email(given: object) -> str:
    if not isinstance(given, str):
        raise wrong_type(Message("an e-mail address"))
    if not _EMAIL.fullmatch(given) or len(given) > LONGEST_EMAIL:
        values = {"given": quoted(given)}
        raise wrong("bad-value", Message("{given} is not an e-mail address: write NAME@PLACE, of a function.", values))
    return given


def _day(given: object, info: ValidationInfo) -> date:
    if is_json(info) and isinstance(given, str):
        day = _read_day(given)
        if day is None:
            raise wrong("bad-value", Message("There is no such date: correct it."))
        return _in_range(day)
    if not isinstance(given, date) or isinstance(given, datetime):
        raise wrong_type(Message("a date like 2027-03-01"), text_like=False)
    return _in_range(given)


def _read_day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        return None


def is_json(info: ValidationInfo) -> bool:
    """True if dates come as words, as in JSON."""
    return bool(info.context and info.context.get("json"))


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        values = {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise wrong("bad-value", Message("The year {year} is not within {first} to {last}.", values))
    return day


def _clock(given: object) -> time:
    if not isinstance(given, str):
        raise wrong_type(Message('a clock time in quotes, like "09:00"'))
    match = _CLOCK.fullmatch(given)
    if match is None:
        values = {"given": quoted(given)}
        raise wrong("bad-value", Message('{given} is not a clock time: write "00:00" to "23:59".', values))
    return time(int(match[1]), int(match[2]))


def _moment(given: object, info: ValidationInfo) -> datetime:
    if isinstance(given, str):
        moment = _read_moment(given)
    elif isinstance(given, datetime):
        moment = given if given.tzinfo is None else None
    else:
        raise wrong_type(Message('a local time in quotes, like "2027-05-12T06:30"'))
    if moment is None:
        values = {"given": quoted(str(given))}
        text = Message('{given} is not a local time: write it like "2027-05-12T06:30".', values)
        raise wrong("bad-value", text)
    _in_range(moment.date())
    return moment.replace(tzinfo=info.context.get("zone") if info.context else None)


def _read_moment(given: str) -> datetime | None:
    try:
        return datetime.fromisoformat(given) if _MOMENT.fullmatch(given) else None
    except ValueError:
        return None


def _like(pattern: re.Pattern[str] | str = "", least: int | None = None, most: int | None = None) -> Any:
    """A text as JSON Schema says it."""
    whole = pattern and f"^(?:{getattr(pattern, 'pattern', pattern)})$"
    return Annotated[str, Field(pattern=whole or None, min_length=least, max_length=most)]


WrittenDay = _like(_DAY)


def local_time(moment: datetime) -> str:
    """A moment as local time; without seconds if they are 0."""
    whole = moment.second == 0 and moment.microsecond == 0
    return moment.replace(tzinfo=None).isoformat(timespec="minutes" if whole else "seconds")


def choice(*words: str) -> PlainValidator:
    """One of these words."""

    def check(given: object) -> str:
        if not isinstance(given, str):
            raise wrong_type(Message("one of {words}", {"words": ", ".join(words)}), text_like=False)
        if given not in words:
            values = {"given": quoted(given), "words": ", ".join(words)}
            raise wrong("bad-value", unknown(given, words, Message("{given} is none of {words}", values)))
        return given

    return PlainValidator(check, json_schema_input_type=Literal[words])


def as_word(given: object) -> object:
    """The word for a truth value, since YAML reads a bare yes or no as one."""
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else given


_SWEDISH_WEEKDAYS = dict(zip(("mån", "tis", "ons", "tor", "fre", "lör", "sön"), WEEKDAY_IDS, strict=True))


def _weekday(given: object) -> int:
    if not isinstance(given, str):
        raise wrong_type(Message("one of {words}", {"words": ", ".join(WEEKDAY_IDS)}), text_like=False)
    if given not in WEEKDAY_IDS:
        values = {"given": quoted(given), "words": ", ".join(WEEKDAY_IDS)}
        text = Message("{given} is none of {words}", values)
        near = _SWEDISH_WEEKDAYS.get(given.casefold()[:3]) or nearest(given[:3], WEEKDAY_IDS)
        raise wrong("bad-value", meant(text, near))
    return WEEKDAY_IDS.index(given)


ValueKind.readers |= {
    "id": Annotated[str, PlainValidator(_id, json_schema_input_type=_like(_ID, most=LONGEST_ID))],
    "text": Annotated[str, PlainValidator(read_text, json_schema_input_type=str)],
    "name": Annotated[str, PlainValidator(_name, json_schema_input_type=_like(least=1))],
    "line": Annotated[
        str,
        PlainValidator(lambda given: _line(_name(given)), json_schema_input_type=_like(least=1, most=LONGEST_LINE)),
    ],
    "line or none": Annotated[
        str,
        PlainValidator(
            lambda given: given if given == "" else _line(_name(given)), json_schema_input_type=_like(most=LONGEST_LINE)
        ),
    ],
    "phone": Annotated[str, PlainValidator(_phone, json_schema_input_type=_like(_PHONE))],
    "email": Annotated[str, PlainValidator(_email, json_schema_input_type=_like(_EMAIL, most=LONGEST_EMAIL))],
    "day": Annotated[date, PlainValidator(_day, json_schema_input_type=WrittenDay), PlainSerializer(str)],
    "clock": Annotated[
        time,
        PlainValidator(_clock, json_schema_input_type=_like(_CLOCK)),
        PlainSerializer(lambda clock: f"{clock:%H:%M}"),
    ],
    "moment": Annotated[
        datetime, PlainValidator(_moment, json_schema_input_type=_like(_MOMENT)), PlainSerializer(local_time)
    ],
    "figure": Annotated[float, PlainSerializer(lambda figure: round(figure, DIGITS))],
    "weekday": Annotated[
        int,
        PlainValidator(_weekday, json_schema_input_type=Literal[WEEKDAY_IDS]),
        PlainSerializer(WEEKDAY_IDS.__getitem__),
    ],
}

_PARITIES = ("odd", "even")


def _parity_or_list(given: object, as_list: ValidatorFunctionWrapHandler) -> object:
    if isinstance(given, str) and given not in _PARITIES:
        values = {"given": quoted(given)}
        text = Message("{given} is not odd, even, or a list like [19, 21].", values)
        raise wrong("bad-value", text)
    return given if isinstance(given, str) else as_list(given)


def _ordinal(given: int) -> int:
    if given == 0:
        text = Message("0 is not a date: 1 to 5 count from the month's beginning, -1 to -5 from its end.")
        raise wrong("bad-value", text)
    return given


_WeekNumbers = list[Annotated[int, Field(ge=1, le=53)]]
ValueKind.readers |= {
    "weeks": Annotated[
        _WeekNumbers,
        WrapValidator(_parity_or_list, json_schema_input_type=Literal[_PARITIES] | _WeekNumbers),
        PlainSerializer(lambda weeks: weeks),
    ],
    "ordinal": Annotated[int, Field(ge=-5, le=5), AfterValidator(_ordinal)],
}
