"""Plants a fault: swaps the code of one module's functions for that of its source with a snippet replaced.

The functions, classes and everything that has imported them stay the very same objects, so a fault shows
by what it does and never by a strange type; constants of the module and of its classes are swapped too.
"""

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake that someone might make: in which module, instead of what, and what it is.

    `by`: the rule whose tests must catch it, or one of the properties of everything together; by
    default the rule that the module holds.
    """

    module: str
    snippet: str
    instead: str
    told: str
    by: str = ""

    def __str__(self) -> str:
        return f"{self.module}: {self.told}"


def faults(file: Path) -> tuple[Fault, ...]:
    """Those of a file: below `# module` what each is, `@` who must catch it, `-` what stands there, `+` what comes."""
    made = []
    for of_module in file.read_text().removeprefix("# ").split("\n# "):
        module, _, text = of_module.partition("\n")
        for line, *sides in re.findall(r"^([^-+\n].*)\n((?:-.*\n)+)((?:\+.*(?:\n|$))*)", text, re.MULTILINE):
            told, _, by = line.partition(" @")
            snippet, instead = ("\n".join(line[1:] for line in side.splitlines()) for side in sides)
            made.append(Fault(module, snippet, instead, told, by))
    return tuple(made)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The fault is there within. ValueError where its snippet does not stand in the source exactly once."""
    module = import_module(f"arshjul.{fault.module}")
    source = inspect.getsource(module)
    if source.count(fault.snippet) != 1:
        raise ValueError(f"{fault}: the snippet stands {source.count(fault.snippet)} times in the source")
    code = compile(source.replace(fault.snippet, fault.instead), str(module.__file__), "exec")
    faulty = {inner.co_qualname: inner for inner in _codes(code)}
    functions = [function for function in _functions(module) if function.__qualname__ in faulty]
    right = [function.__code__ for function in functions]
    constants = list(_constants(module, code))
    for function in functions:
        function.__code__ = faulty[function.__qualname__]
    for owner, name, _, wrong in constants:
        setattr(owner, name, wrong)
    _forget(module)
    try:
        yield
    finally:
        _forget(module)
        for function, code_before in zip(functions, right, strict=True):
            function.__code__ = code_before
        for owner, name, before, _ in constants:
            setattr(owner, name, before)


def _forget(module: ModuleType) -> None:
    """Empties what the module's cached functions remember: it is right before the fault, and wrong after."""
    for cached in vars(module).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The module's own functions, and those of its classes."""
    for thing in _own(module):
        for member in vars(thing).values() if isinstance(thing, type) else [thing]:
            function = member.fget if isinstance(member, property) else member
            function = (
                function.func if isinstance(function, cached_property) else getattr(function, "__wrapped__", function)
            )
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                yield function


def _constants(module: ModuleType, code: CodeType) -> Iterator[tuple[object, str, object, object]]:
    """Numbers, and tuples of them, to which the code gives another value: module or class, name, both values."""
    wrong: dict[str, object] = {"__name__": module.__name__}
    exec(code, wrong)
    owners = [(module, wrong)] + [(own, vars(wrong[own.__name__])) for own in _own(module) if isinstance(own, type)]
    for owner, values in owners:
        for name, value in vars(owner).items():
            if isinstance(value, int | tuple) and not name.startswith("__") and values.get(name, value) != value:
                yield owner, name, value, values[name]


def _own(module: ModuleType) -> list[object]:
    return [thing for thing in vars(module).values() if getattr(thing, "__module__", None) == module.__name__]
