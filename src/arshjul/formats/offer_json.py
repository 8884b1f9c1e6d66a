"""An offer to a call as the body of an entry, and back."""

from collections.abc import Mapping

from arshjul.domain.sent_offer import SentOffer
from arshjul.formats.schema.offer import WrittenOfficersOffer, WrittenTeamsOffer
from arshjul.formats.shape import Shape

_KINDS: Mapping[str, type[Shape[SentOffer]]] = {
    "officers-offer": WrittenOfficersOffer,
    "teams-offer": WrittenTeamsOffer,
}


def body_of(offer: SentOffer, kind: str) -> dict[str, object]:
    """The keys and values of an entry of that kind, without empty ones."""
    written = _KINDS[kind].of(offer).mapping()
    return {key: value for key, value in written.items() if value != []}


def offer_of(kind: str, body: Mapping[str, object]) -> SentOffer:
    """The offer of an entry that has been judged."""
    keys = {key: value for key, value in body.items() if key != "note"}
    return _KINDS[kind].model_validate(keys, context={"json": True}).domain()
