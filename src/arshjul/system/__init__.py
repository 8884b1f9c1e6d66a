"""What a process asks of its operating system: files, locks, limits, children, the log of uncaught exceptions."""
