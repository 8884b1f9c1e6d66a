"""The feed history as text and back: feeds.json of a plan folder (docs/formats.md#plan-folder)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, get_args

from arshjul.errors import InputError, Message
from arshjul.year.agenda.entry import Event, EventStatus, FeedEntry, News, NewsPart, Stamps
from arshjul.year.agenda.feed_history import FeedHistory, FeedState

FORMAT = "arshjul-feeds/2"
_UID = re.compile(r"[A-Za-z0-9._-]+@[a-z0-9-]+\.arshjul")


def to_json(history: FeedHistory) -> str:
    """Always the same for one history, with one event a line, so that versions can be compared."""
    feeds = ",\n".join(f"{_line(name)}: {_said(state)}" for name, state in sorted(history.feeds.items()))
    return f'{{"format": {_line(FORMAT)}, "feeds": {{\n{feeds}\n}}}}\n'


def from_json(text: str) -> FeedHistory:
    """An `InputError` names the place where the text is damaged."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged("the whole") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("feeds"), dict):
        raise _damaged("the whole")
    if whole.get("format") != FORMAT:
        values = {"format": FORMAT}
        raise InputError(Message("feeds.json has another format than {format}: use the version that wrote it.", values))
    return FeedHistory({name: _read_said(name, state) for name, state in whole["feeds"].items()})


def _said(said: FeedState) -> str:
    entries = ",\n".join(_line(_written(entry)) for entry in said.entries)
    gone = ",\n".join(_line({"uid": uid, **_stamps(stamps)}) for uid, stamps in sorted(said.gone.items()))
    return f'{{"entries": [\n{entries}\n], "gone": [\n{gone}\n]}}'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _written(entry: FeedEntry) -> Mapping[str, object]:
    event = entry.event
    return {
        "uid": event.uid,
        "day": event.day.isoformat(),
        "starts": _when(event.starts),
        "ends": _when(event.ends),
        "summary": event.summary,
        "description": event.description,
        "category": event.category,
        **({"location": event.location} if event.location else {}),
        "status": event.status,
        "transparent": event.transparent,
        **_stamps(entry.stamps),
        **({"news": [_written_news(new) for new in entry.news]} if entry.news else {}),
    }


def _written_news(news: News) -> Mapping[str, object]:
    parts = [{"text": part.text, "about": part.about, "rests_on": [*part.rests_on]} for part in news.parts]
    return {"text": news.text, "since": _when(news.since), **({"parts": parts} if parts else {})}


def _stamps(stamps: Stamps) -> Mapping[str, object]:
    return {"sequence": stamps.sequence, "created": _when(stamps.created), "changed": _when(stamps.changed)}


def _when(when: date) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}" if isinstance(when, datetime) else when.isoformat()


def _read_said(name: str, said: object) -> FeedState:
    place = name
    try:
        if not isinstance(said, dict):
            raise TypeError
        entries, gone = [], {}
        for number, given in enumerate(said["entries"]):
            place = f"{name} entries[{number}]"
            entries.append(_read_entry(given))
        for number, given in enumerate(said["gone"]):
            place = f"{name} gone[{number}]"
            gone[_read_uid(given)] = _read_stamps(given)
        place = name
        uids = [entry.event.uid for entry in entries]
        if uids != sorted(set(uids)) or gone.keys() & set(uids):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise _damaged(place) from None
    return FeedState(tuple(entries), gone)


def _read_entry(given: Mapping[str, Any]) -> FeedEntry:
    starts, ends = _read_when(given["starts"]), _read_when(given["ends"])
    is_known = given["status"] in get_args(EventStatus) and isinstance(given["transparent"], bool)
    if not is_known or isinstance(starts, datetime) != isinstance(ends, datetime):
        raise TypeError
    texts = {key: _text(given[key]) for key in ("summary", "description", "category")}
    event = Event(
        uid=_read_uid(given),
        day=date.fromisoformat(_text(given["day"])),
        starts=starts,
        ends=ends,
        status=given["status"],
        transparent=given["transparent"],
        location=_text(given.get("location", "")),
        **texts,
    )
    return FeedEntry(event, _read_stamps(given), tuple(map(_read_news, _list(given.get("news", [])))))


def _read_news(given: Any) -> News:
    match given:
        case {"text": str(text), "since": str(since)}:
            return News(text, _moment(since), tuple(map(_read_part, _list(given.get("parts", [])))))
    raise TypeError


def _read_part(given: object) -> NewsPart:
    match given:
        case {"text": str(text), "about": str(about), "rests_on": [*rests_on]}:
            return NewsPart(text, about, tuple(map(_text, rests_on)))
    raise TypeError


def _list(given: object) -> list[object]:
    if not isinstance(given, list):
        raise TypeError
    return given


def _read_stamps(given: object) -> Stamps:
    match given:
        case {"sequence": int(sequence), "created": str(created), "changed": str(changed)}:
            if 0 <= sequence < 2**31 and not isinstance(sequence, bool):
                return Stamps(sequence, _moment(created), _moment(changed))
    raise TypeError


def _read_uid(given: Mapping[str, object]) -> str:
    uid = _text(given["uid"])
    if not _UID.fullmatch(uid):
        raise ValueError
    return uid


def _read_when(given: object) -> date:
    text = _text(given)
    return date.fromisoformat(text) if len(text) == len("2027-03-02") else _moment(text)


@lru_cache(4096)
def _moment(text: str) -> datetime:
    """The moment of a text; cached, since all parties' feeds share a few moments."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError
    return given


def _damaged(place: str) -> InputError:
    return InputError(
        Message(
            "feeds.json is damaged at {place}: restore a copy, or calendars are not told of cancellations.",
            {"place": place},
        )
    )
