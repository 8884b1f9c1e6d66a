"""Operating-system services: files, locks, limits, children, the log of uncaught exceptions."""
