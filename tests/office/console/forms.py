"""The forms of a page, as a browser has them: where each leads, and what can be filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass(slots=True)
class Control:
    """A field or button: its name, what stands in it, and what a person can choose from."""

    name: str
    kind: str
    value: str
    choices: list[str] = field(default_factory=list)
    is_on: bool = True


@dataclass(slots=True)
class PageForm:
    """A form. `elsewhere` are buttons that lead to another place than it does."""

    action: str
    method: str
    has_file: bool
    controls: list[Control] = field(default_factory=list)
    elsewhere: list[tuple[str, Control]] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, list[str]]:
        """What is sent by whoever touches nothing, with no button."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.is_on and control.kind != "button":
                sent.setdefault(control.name, []).append(control.value)
        return sent

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """The buttons that say something."""
        return [(control.name, control.value) for control in self.controls if control.kind == "button"]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self._is_in = False
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "a" and at.get("href", "").startswith("/"):
            self.links.append(at["href"])
        elif tag == "form":
            is_file = at.get("enctype") == "multipart/form-data"
            self.forms.append(PageForm(at.get("action", ""), at.get("method", "get").upper(), is_file))
            self._is_in = True
        elif tag == "option" and self._select is not None:
            self._select.choices.append(at.get("value", ""))
            if "selected" in at or len(self._select.choices) == 1:
                self._select.value = at.get("value", "")
        elif self._is_in and tag in ("input", "select", "textarea", "button"):
            self._add(tag, at)

    def _add(self, tag: str, at: Attributes) -> None:
        kind = at.get("type", "text") if tag == "input" else tag
        made = Control(at.get("name", ""), kind, at.get("value", "on" if kind == "checkbox" else ""))
        made.is_on = "disabled" not in at and (kind not in ("checkbox", "radio") or "checked" in at)
        if "formaction" in at:
            self.forms[-1].elsewhere.append((at["formaction"], made))
        elif made.name and "disabled" not in at:
            self.forms[-1].controls.append(made)
        self._select = made if tag == "select" else self._select

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in = False
        elif tag == "select":
            self._select = None


def forms(page: str) -> list[PageForm]:
    """The forms of a page."""
    return list(_read(page).forms)


def links(page: str) -> Iterator[str]:
    """The pages of ours that a page leads to."""
    yield from dict.fromkeys(_read(page).links)


def _read(page: str) -> _Forms:
    reader = _Forms()
    reader.feed(page)
    return reader
