"""What is entered in a year that is under way."""
