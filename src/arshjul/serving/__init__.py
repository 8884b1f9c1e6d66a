"""Servers with time limits: the common parts of the feeds' server and the console."""
