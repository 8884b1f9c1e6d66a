"""Which peers may say for whom they ask."""

import pytest

from arshjul.errors import InputError
from arshjul.serving.proxies import Proxies


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "::1", "fd00::7", "::ffff:10.1.2.3"])
def test_listed_by_address_or_network(peer: str) -> None:
    assert peer in Proxies(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"])


@pytest.mark.parametrize("peer", ["127.0.0.2", "11.0.0.1", "::2", "a socket", ""])
def test_not_listed(peer: str) -> None:
    assert peer not in Proxies(["127.0.0.1", "10.0.0.0/8", "::1"])
    assert peer not in Proxies()


@pytest.mark.parametrize("given", ["nonsense", "localhost", "10.0.0.0/33", "", "127.0.0.1:80"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="no proxy address"):
        Proxies([given])
