"""A folder of YAML files as one document: the sections of all files together.

Absent sections are taken from the folder that `plan.config` names. Files of entries and of objects may lie in a
scenario's folder, but are not part of the scenario.
"""

import os
from contextlib import suppress
from pathlib import Path

from arshjul.errors import InputError, Message, Problem
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.tree import Document, Key, Node
from arshjul.year.formats.yaml_guard import MOST_BYTES, read_yaml
from arshjul.year.texts.system import why

MOST_FILES = 200
MOST_TOGETHER = 10_000_000  # bytes of a folder's files
MOST_PIECES = 240_000  # lines, lists, mappings and their items in a folder's files: 6000 operations have that many
NOT_SECTIONS = ("withdrawals", "changes", "outcomes", "obstacles", "objects", "grounds")


def section_document(folder: Path) -> Document:
    """All sections of a scenario's folder. InputError if there is no folder, or nothing in it."""
    if not os.path.isdir(folder):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        if os.path.isfile(folder):  # noqa: PTH113 - nor does it
            text = Message(
                "{file} is neither a scenario folder nor a workbook: save it as .xlsx in Excel, and name that.",
                {"file": shown(folder)},
            )
            raise InputError(text)
        raise InputError(Message("{folder} is not a folder: name the scenario's folder.", {"folder": shown(folder)}))
    merged = _merged(folder, "")
    if not merged.files and merged.whole:
        merged.stop(
            "empty",
            Message("{folder} has no section: a scenario is a folder of *.yaml.", {"folder": shown(folder)}),
        )
    name = merged.tree.at(("plan", "config"))
    if name is not None and isinstance(name.value, str):
        config = folder / name.value
        if Path(name.value).is_absolute():
            text = Message("Name the folder by a path from the scenario's, like ../../config/goteborg.")
            merged.add("bad-value", ("plan", "config"), text)
        elif not os.path.isdir(config):  # noqa: PTH112
            text = Message("The folder is missing: give a path from the scenario's folder.")
            merged.add("bad-value", ("plan", "config"), text)
        else:
            _add_absent(merged, _merged(config, Path(name.value).as_posix().rstrip("/") + "/"))
    return merged


def _merged(folder: Path, prefix: str) -> Document:
    """The sections of a folder's files, each with its file, whose name gets the prefix."""
    merged = Document(Node({}), prefix.rstrip("/"))
    files = _files(folder)
    if _too_large(merged, files, folder, prefix):
        return merged
    for path in files:
        name = prefix + shown(Path(path.name))
        if path.suffix != ".yaml":
            if {".yaml", ".yml"} & {suffix.lower() for suffix in path.suffixes}:
                text = Message("The file is not read: end its name in .yaml.")
                merged.warnings.append(Problem("ignored-file", text, name))
            continue
        document = read_file(path, name)
        if document.whole and not isinstance(document.tree.value, dict):
            text = Message("Write sections here, like `operations:` and a list.")
            document.stop("wrong-type", text, document.tree.line)
            document.tree = Node({})
        merged.whole = merged.whole and document.whole
        _add_sections(merged, document)
    return merged


def _files(folder: Path) -> list[Path]:
    """The files that may be part of a scenario, by name; unreadable ones are reported later."""
    try:
        named = sorted(path for path in folder.iterdir() if not path.name.startswith((".", *NOT_SECTIONS)))
        return [path for path in named if path.suffix == ".yaml" or path.is_file()]
    except OSError as error:
        text = Message("{file} cannot be read: {reason}.", {"file": shown(folder), "reason": why(error)})
        raise InputError(text) from None


def _too_large(merged: Document, files: list[Path], folder: Path, prefix: str) -> bool:
    """True if there is more than may be read, which is noted; each file alone may be small enough."""
    read = [path for path in files if path.suffix == ".yaml"]
    beyond = read[MOST_FILES] if len(read) > MOST_FILES else _beyond(read)
    if beyond is None:
        return False
    values = {"folder": shown(folder), "files": MOST_FILES, "bytes": MOST_TOGETHER, "pieces": MOST_PIECES}
    text = Message(
        "{folder} holds too much: at most {files} files, {bytes} bytes and {pieces} pieces are read.", values
    )
    merged.elsewhere.append(Problem("too-large", text, prefix + shown(Path(beyond.name))))
    merged.whole = False
    return True


def _beyond(files: list[Path]) -> Path | None:
    """The file that exceeds the limit, if there is one; unreadable files are reported later, in their place."""
    size = pieces = 0
    for path in files:
        with suppress(OSError):
            data = read_regular(path, MOST_BYTES)
            size += len(data)
            pieces += sum(data.count(sign) for sign in (b"\n", b",", b"[", b"{"))
        if size > MOST_TOGETHER or pieces > MOST_PIECES:
            return path
    return None


def _add_sections(merged: Document, document: Document) -> None:
    merged.elsewhere += document.elsewhere
    taken: set[Key] = set()
    for section, node in document.tree.parts.items():
        if section in merged.files:
            text = Message("The section stands in {file} too: keep one.", {"file": merged.files[section]})
            merged.elsewhere.append(document.problem("duplicate-section", (section,), text))
        else:
            taken.add(section)
            _add_section(merged, section, document, node)
    _keep_findings(merged, document, taken)
    merged.commented += [loc for loc in document.commented if loc[0] in taken]


def _add_section(merged: Document, section: Key, document: Document, node: Node) -> None:
    merged.tree.parts[section] = node
    merged.tree.key_lines[section] = document.tree.line_of((section,)) or 0
    merged.files[section] = document.files.get(section, document.file)


def _keep_findings(merged: Document, document: Document, taken: set[Key]) -> None:
    """Moves findings in the sections that were taken; turns the others into problems here."""
    for finding in document.findings:
        if finding.loc and finding.loc[0] in taken:
            merged.findings.append(finding)
        else:
            merged.elsewhere.append(document.problem(finding.kind, finding.loc, finding.text, finding.line))


def _add_absent(merged: Document, config: Document) -> None:
    """Adds the sections of the configuration that the scenario itself does not have."""
    merged.elsewhere += config.elsewhere
    merged.warnings += config.warnings
    merged.whole = merged.whole and config.whole
    absent = config.tree.parts.keys() - merged.tree.parts.keys()
    for section, node in config.tree.parts.items():
        if section in absent:
            _add_section(merged, section, config, node)
    merged.findings += [finding for finding in config.findings if finding.loc[0] in absent]
    merged.commented += [loc for loc in config.commented if loc[0] in absent]


def read_file(path: Path, name: str) -> Document:
    """The document in a file, which errors call by that name."""
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        document = Document(Node(None), name)
        document.stop("unreadable", Message("The file cannot be read: {reason}.", {"reason": why(error)}))
        return document
    return read_yaml(data, name)


def shown(path: Path) -> str:
    """A path that can be printed, whatever bytes its name is made of."""
    return str(path).encode("utf-8", "replace").decode()
