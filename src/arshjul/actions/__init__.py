"""The commands: each reads, calls planning, and returns its finished result.

An action puts rooms together and returns data; it prints nothing and parses no command line.
"""
