"""YAML bytes to a tree, past a guard: any bytes at all give either a tree or a clear problem.

The guard counts libyaml's events as they come, before anything is made of them: size, depth and number are limited,
aliases, anchors and tags refused (304 bytes of nested aliases become 28 MB). Scalars mean what PyYAML's safe loader
takes them for, so that `no` is false; `12:30`, which it takes for 750, is no whole number here. The schema's strict
types catch those, and the tree has what was written.

A syntax error never repeats its line, which may be one of `sites`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml
from yaml.constructor import SafeConstructor

from arshjul.errors import Message
from arshjul.year.formats.tree import Document, Key, Loc, Node, is_secret
from arshjul.year.formats.words import quoted

MOST_BYTES = 2_000_000
MOST_DEPTH = 40
MOST_EVENTS = 200_000
_COMMENT = re.compile(r"[ \t]+#(\S|\s*[0-9])")  # "# dagtid" is meant as a comment, "#1" seldom
_OCTAL = re.compile(r"[-+]?0[0-9_]+")
_LONGEST_NUMBER = 100  # characters; a longer plain word is text, and is not computed with

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_constructor = SafeConstructor()
_MEANINGS: dict[str, Callable[[yaml.ScalarNode], object]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": _constructor.construct_yaml_bool,
    "tag:yaml.org,2002:int": _constructor.construct_yaml_int,
    "tag:yaml.org,2002:float": _constructor.construct_yaml_float,
    "tag:yaml.org,2002:timestamp": _constructor.construct_yaml_timestamp,
}


def read_yaml(data: bytes, file: str) -> Document:
    """If the document is not `whole`, its tree holds what was read so far."""
    document = Document(Node(None), file)
    text = _text(data, document)
    if text is None:
        return document
    builder = _Builder(document)
    try:
        builder.build(text)
    except yaml.MarkedYAMLError as error:
        document.stop("syntax", *_syntax(error, text))
    except _TooLarge as limit:
        document.stop("too-large", limit.text, limit.line)
    if not document.whole:
        builder.leave_out_half()
    if document.whole and document.tree.value is None and not document.findings:
        document.stop("empty", Message("The file is empty: write a section, or remove it."))
    return document


def _text(data: bytes, document: Document) -> str | None:
    if len(data) > MOST_BYTES:
        text = Message("The file has more than {most} bytes: divide it.", {"most": MOST_BYTES})
        document.stop("too-large", text)
        return None
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        document.stop("encoding", Message("The file is not in UTF-8: save it as UTF-8."), line)
        return None
    forbidden = _FORBIDDEN.search(decoded)
    if forbidden is not None:
        line = decoded.count("\n", 0, forbidden.start()) + 1
        values = {"code": f"U+{ord(forbidden.group()):04X}"}
        document.stop("encoding", Message("Remove the control character ({code}).", values), line)
        return None
    return decoded


_REASONS = {
    "mapping values are not allowed in this context": Message(
        "The colon does not belong here: quote a text with a colon, or check the indentation."
    ),
    "did not find expected key": Message("A key is missing here: check indentation, brackets and quotes."),
    "did not find expected ',' or ']'": Message("A list in square brackets lacks its end or a comma."),
    "did not find expected ',' or '}'": Message("A mapping in curly brackets lacks its end or a comma."),
    "found character that cannot start any token": Message(
        "A word begins with a tab or a YAML sign: use spaces, or quote the word."
    ),
    "found a tab character that violates indentation": Message("The indentation has a tab: use spaces."),
    "found unexpected end of stream": Message("The quote lacks its end."),
    "found unknown escape character": Message("The backslash does not work in double quotes: use single quotes."),
}


_UNKNOWN = Message("This is not YAML: check indentation, quotes, brackets and colons near this line.")
_NO_COLON = Message("A colon is missing here: write `key: value`.")


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[Message, int | None]:
    """The problem and its line. A missing colon is noticed only on a later line."""
    mark, reason = error.problem_mark, str(error.problem)
    if mark is None:
        return _REASONS.get(reason, _UNKNOWN), None
    if reason == "could not find expected ':'" and error.context_mark is not None:
        return _NO_COLON, error.context_mark.line + 1
    if reason == "found unexpected end of stream" and error.context_mark is not None:
        return _REASONS[reason], error.context_mark.line + 1  # where the quote is opened
    if reason == "mapping values are not allowed in this context":
        lines = text.splitlines()
        if ":" not in lines[mark.line][: mark.column]:  # so the key began on an earlier line, which has no colon
            above = [n for n in range(mark.line) if lines[n].partition("#")[0].strip()]
            if above and ":" not in lines[above[-1]]:
                return _NO_COLON, above[-1] + 1
    if not text[mark.index :].strip() and error.context_mark is not None:
        mark = error.context_mark  # noticed at the end of the file: its beginning is the place to look at
    return _REASONS.get(reason, _UNKNOWN), mark.line + 1


class _TooLarge(Exception):
    def __init__(self, text: Message, line: int) -> None:
        super().__init__(text)
        self.text, self.line = text, line


class _Waiting:
    """The state of a mapping that expects a key, or the value of an unusable one."""


_KEY = _Waiting()  # for a key
_LOST = _Waiting()  # for the value of a key that cannot be used


@dataclass(slots=True)
class _Open:
    node: Node
    loc: Loc
    key: Key | _Waiting = _KEY
    is_key: bool = False  # it stands where a key belongs


@dataclass(slots=True)
class _Builder:
    document: Document
    open: list[_Open] = field(default_factory=list)
    begun: int = 0
    text: str = ""

    def build(self, text: str) -> None:
        self.text = text
        for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            if number > MOST_EVENTS:
                raise _TooLarge(
                    Message("The file has more than {most} pieces: divide it.", {"most": MOST_EVENTS}), _line(event)
                )
            if isinstance(event, yaml.ScalarEvent):
                self.scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self.start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.end()
            elif isinstance(event, yaml.AliasEvent):
                self.alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self.begun += 1
                if self.begun > 1:
                    text_here = Message("A second document (---) begins here: keep one.")
                    self.document.stop("syntax", text_here, _line(event))
                    return

    def leave_out_half(self) -> None:
        """Removes the section in which reading stopped: half of it would be judged wrongly."""
        sections, value = self.document.tree.parts, self.document.tree.value
        if len(self.open) > 1 and isinstance(value, dict) and sections:
            section = next(reversed(sections))
            del sections[section], value[section]
            self.document.forget(section)
        elif not isinstance(value, dict):
            self.document.tree = Node({})

    def scalar(self, event: yaml.ScalarEvent) -> None:
        is_plain = event.implicit[0]
        node = Node(event.value, _line(event), event.value if is_plain else None)
        readable = True
        if is_plain:
            try:
                node.value = _meaning(event.value)
            except (ValueError, OverflowError):
                readable = False
        if self.open and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is _KEY:
            self.refuse_marks(event, self.take_key(self.open[-1], node))
            return
        loc = self.put(node)
        self.refuse_marks(event, loc)
        after = len(self.text) if event.end_mark is None else event.end_mark.index
        if is_plain and isinstance(node.value, str) and _COMMENT.match(self.text, after):
            self.document.commented.append(loc)
        if not readable:
            text = Message("The date or number does not exist: correct it.")
            if not is_secret(loc):
                text = Message("The date or number {given} does not exist: correct it.", {"given": quoted(event.value)})
            self.document.add("bad-value", loc, text)
        elif node.value is None and loc:
            self.document.add("wrong-type", loc, Message("The value is missing: give one, or remove the key."))

    def start(self, event: yaml.CollectionStartEvent) -> None:
        node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], _line(event))
        parent = self.open[-1] if self.open else None
        is_key = parent is not None and isinstance(parent.node.value, dict) and parent.key is _KEY
        if parent is not None and is_key:
            loc = (*parent.loc, "?")
            self.document.add("wrong-type", loc, Message("The key is not a word: write one word."), _line(event))
        else:
            loc = self.put(node)
        self.refuse_marks(event, loc)
        self.open.append(_Open(node, loc, is_key=is_key))
        if len(self.open) > MOST_DEPTH:
            text = Message("Lists and mappings are nested more than {most} deep.", {"most": MOST_DEPTH})
            raise _TooLarge(text, _line(event))

    def end(self) -> None:
        closed = self.open.pop()
        if closed.is_key:
            self.open[-1].key = _LOST

    def alias(self, event: yaml.AliasEvent) -> None:
        text = Message("Aliases (*) are not allowed: write the value out.")
        if self.open and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is _KEY:
            self.open[-1].key = _LOST
            loc = (*self.open[-1].loc, "?")
        else:
            loc = self.put(Node(None, _line(event)))
        self.document.add("alias", loc, text, _line(event))

    def put(self, node: Node) -> Loc:
        """Puts a node where the next one belongs; returns its place."""
        if not self.open:
            if self.document.tree.line is None:
                self.document.tree = node
            return ()
        parent = self.open[-1]
        value = parent.node.value
        if isinstance(value, list):
            loc = (*parent.loc, len(value))
            parent.node.parts[len(value)] = node
            value.append(node.value)
        elif isinstance(value, dict) and not isinstance(parent.key, _Waiting):
            loc = (*parent.loc, parent.key)
            parent.node.parts[parent.key] = node
            value[parent.key] = node.value
            parent.key = _KEY
        else:
            loc = (*parent.loc, "?")
            parent.key = _KEY
        return loc

    def take_key(self, parent: _Open, node: Node) -> Loc:
        """Takes the key of the next value; returns that value's place."""
        key, line = node.value, node.line
        loc = (*parent.loc, key if isinstance(key, (str, int)) and not isinstance(key, bool) else str(node.plain))
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            parent.key = _LOST
            self.document.add("wrong-type", loc, Message("The key is not a word to YAML: put it in quotes."), line)
        elif key in parent.node.parts:
            parent.key = _LOST
            first = parent.node.key_lines[key]
            text = Message("The key stands twice, first on line {line}: keep one.", {"line": first})
            self.document.add("duplicate-key", loc, text, line)
        else:
            parent.key = key
            parent.node.key_lines[key] = line or 0
        return loc

    def refuse_marks(self, event: yaml.NodeEvent, loc: Loc) -> None:
        if event.anchor is not None:
            self.document.add("alias", loc, Message("Anchors (&) are not allowed: write the value out."), _line(event))
        elif getattr(event, "tag", None) is not None:
            self.document.add("tag", loc, Message("Tags (!) are not allowed: remove the tag."), _line(event))


def _meaning(plain: str) -> object:
    """The meaning of an unquoted scalar to YAML. ValueError if it only looks like a number or a date.

    A number that begins with 0 is none: YAML would read `010` as 8. One in sixties (`1:30`, which YAML reads as 90)
    becomes a fraction, which no key accepts.
    """
    if len(plain) > _LONGEST_NUMBER or _OCTAL.fullmatch(plain):
        return plain
    for tag, pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(plain[:1], ()):
        if pattern.match(plain):
            meaning = _MEANINGS.get(tag)
            value = plain if meaning is None else meaning(yaml.ScalarNode(tag, plain))
            return float(value) if isinstance(value, int) and ":" in plain else value
    return plain


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1
