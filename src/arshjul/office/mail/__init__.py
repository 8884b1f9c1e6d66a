"""Sending messages to a mail server."""
