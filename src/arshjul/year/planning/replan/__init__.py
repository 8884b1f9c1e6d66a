"""Replans: their input, the ladder of rungs, and proposals that parties are asked about."""
