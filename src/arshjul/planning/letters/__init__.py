"""What people are told, in sentences: notices, questions, letters, the log of a year."""
