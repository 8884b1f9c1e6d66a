"""The texts in written data."""

from collections.abc import Iterator, Mapping


def texts_in(written: object, path: str, beside: str = "sites") -> Iterator[tuple[str, str]]:
    """The texts in written data, each with its path; those under the key `beside` are left out."""
    match written:
        case str():
            yield path, written
        case Mapping():
            for key, value in written.items():
                if key != beside:
                    yield from texts_in(value, f"{path}.{key}", beside)
        case list() | tuple():
            for n, value in enumerate(written):
                yield from texts_in(value, f"{path}[{n}]", beside)
