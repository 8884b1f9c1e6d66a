"""Servers that wait for nobody without end: what the feeds' server and the console have in common."""
