"""Addresses that open a message in a person's mail program, for whoever sends it by hand."""

from urllib.parse import quote


def mailto(address: str, subject: str, body: str) -> str:
    """The address of that message."""
    said, text = (quote(part, safe="", errors="replace") for part in (subject, body))
    return f"mailto:{quote(address, safe='@', errors='replace')}?subject={said}&body={text}"
