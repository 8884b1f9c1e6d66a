"""arshjul plans the year of joint agency operations, and proves it."""

__version__ = "0.1.0"
