"""What the system would not do, told without a word of the system's own."""

import errno
import os
import socket

import pytest

from arshjul.year.formats.catalogues import words
from arshjul.year.texts.system import why


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.ENOSPC, errno.EIO])
def test_common_reasons_have_words_of_ours(number: int) -> None:
    error = OSError(number, os.strerror(number))
    said = {words(language).say(why(error)) for language in ("sv", "en")}
    assert len(said) == 2
    assert os.strerror(number) not in said
    assert not any("E" in text for text in said)


def test_an_uncommon_reason_has_the_systems_code() -> None:
    assert words("sv").say(why(OSError(errno.EMLINK, "Too many links"))) == "systemets fel EMLINK"
    assert words("sv").say(why(OSError("Timed out trying to connect"))) == "systemets fel OSError"


def test_a_name_without_a_machine_has_words() -> None:
    for error in (socket.gaierror(-2, "Name or service not known"), OSError(-2, "Name or service not known")):
        assert words("sv").say(why(error)) == "ingen dator har det namnet"


def test_waiting_in_vain_has_words_without_a_number() -> None:
    assert words("sv").say(why(TimeoutError("Timed out"))) == "inget svar kom i tid"
