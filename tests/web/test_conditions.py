"""What a request says of its copy."""

from datetime import UTC, datetime

import pytest

from arshjul.web.feeds import http_date, names, takes_gzip

ETAGS = (b'"abc"', b'"abc-gzip"')


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (b'"abc"', True), (b'"abc-gzip"', True), (b'W/"abc"', True), (b"*", True), (b" * ", True),
        (b'"zzz", "abc"', True), (b'"zzz",W/"abc-gzip"', True), (b'"zzz" , "abc" ', True),
        (b'"zzz"', False), (b"abc", False), (b"", False), (b'"abc', False), (b'"ab", "c"', False), (b"W/*", False),
    ],
)  # fmt: skip
def test_if_none_match(header: bytes, known: bool) -> None:
    assert names(header, ETAGS) is known


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        (b"gzip", True), (b"gzip, deflate, br", True), (b"br;q=1.0, gzip;q=0.8, *;q=0.1", True), (b"*", True),
        (b"GZIP", True), (b"x-gzip", True), (b"gzip;q=0", False), (b"gzip; q=0.000", False), (b"identity", False),
        (b"", False), (b"br", False), (b"*;q=0", False), (b"gzip;q=nonsense", False), (b"*;q=0, gzip", True),
    ],
)  # fmt: skip
def test_accept_encoding(header: bytes, takes: bool) -> None:
    assert takes_gzip(header) is takes


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        (b"Tue, 24 Nov 2026 12:00:00 GMT", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"Tuesday, 24-Nov-26 12:00:00 GMT", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"Tue Nov 24 12:00:00 2026", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"yesterday", None), (b"", None), (b"2026-11-24", None), (b"Tue, 99 Nov 2026 12:00:00 GMT", None),
        (b"\xff\xfe", None), (b"Tue, 24 Nov 99999999999 12:00:00 GMT", None),
    ],
)  # fmt: skip
def test_http_date(header: bytes, moment: datetime | None) -> None:
    assert http_date(header) == moment
