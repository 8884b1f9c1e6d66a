"""Old lines of the log, in plain words, read into the fields of the present events."""

import re
from collections.abc import Callable, Mapping

Field = str | int | None | list[int]


def fields(action: str, words: str) -> dict[str, Field] | None:
    """The fields of the event in those words; None if they have no form that was ever written."""
    pattern = _FORMS.get(action)
    match = None if pattern is None else pattern.fullmatch(words)
    if match is None:
        return None
    return {name: _READ.get(name, str)(text) for name, text in match.groupdict("").items()}


def _number(text: str) -> int | None:
    return int(text) or None if text else None


def _closed(kept: str) -> list[int] | None:
    """Nobody was named: the closed ones were revoked at the moment of the line."""
    return None if kept == "True" else []


def _content(text: str) -> str:
    """The oldest lines name no contents, as there was only one feed of each level."""
    return text or "all"


def _damaged(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


_READ: Mapping[str, Callable[[str], Field]] = {
    **dict.fromkeys(("subscriber", "instead_of", "message", "version", "n"), int),
    "revision": _number,
    "content": _content,
    "closed": _closed,
    "damaged": _damaged,
}
"""The conversions of fields other than texts."""


def _forms(pattern: str, *actions: str) -> dict[str, re.Pattern[str]]:
    return dict.fromkeys(actions, re.compile(pattern.replace("NUMBER", r"\d{1,18}"), re.ASCII))


_FORMS: Mapping[str, re.Pattern[str]] = {
    **_forms("a year that is tried out", "rehearsal"),
    **_forms(r"(?P<moment>.+)", "clock"),
    **_forms(r"console (?P<role>\S+)", "invite", "sign-in"),
    **_forms(r"console(?P<role>)", "sign-out"),
    **_forms(r"(?P<year>.+)", "import", "edit", "take-back-edit"),
    **_forms(r"(?P<operation>.+)", "edit-operation"),
    **_forms(r"(?P<object>.+)", "add-object"),
    **_forms(r"(?P<option>\S+) (?P<version>NUMBER)", "choose"),
    **_forms(r"(?P<revision>NUMBER)", "start-over"),
    **_forms(r"nothing changed|revision (?P<revision>NUMBER) (?P<hash>[0-9a-f]{64})", "publish", "refresh", "mend"),
    **_forms(r"address of (?P<party>.+)", "ask"),
    **_forms(r"message (?P<message>NUMBER) to (?P<party>.+)", "post", "call", "take-out"),
    **_forms(
        r"subscriber (?P<subscriber>NUMBER) (?P<party>\S+) (?P<level>\S+)(?: (?P<content>\S+))?(?: (?P<client>\S+))?",
        "subscribe",
    ),
    **_forms(r"subscriber (?P<subscriber>NUMBER)", "rotate", "unsubscribe"),
    **_forms(r"subscriber (?P<subscriber>NUMBER) instead of (?P<instead_of>NUMBER)", "reissue"),
    **_forms(r"(?P<n>NUMBER) sites", "purge-sites", "encrypt-sites"),
    **_forms("sites in clear", "forget-sites"),
    **_forms(
        r"revision (?P<revision>NUMBER), addresses kept: (?P<closed>True|False)"
        r"(?:, damaged lines of the log before: (?P<damaged>\[[\d, ]*\]))?",
        "restore",
    ),
}
"""The patterns of words by action, with a group for each field."""
