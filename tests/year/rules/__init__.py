"""The rules' tests: their two sides against each other, against hand-written cases, and against faults."""
