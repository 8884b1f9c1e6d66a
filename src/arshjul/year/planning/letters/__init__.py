"""Texts to people, in sentences: notices, questions, letters, the log of a year."""
