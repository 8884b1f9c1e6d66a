"""Addresses of feeds: handed out, read at, taken back, exported."""
