"""A year mended where it stands: what comes in, the options, and proposals that are asked about."""
