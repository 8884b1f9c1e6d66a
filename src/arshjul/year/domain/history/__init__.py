"""Withdrawals in earlier years: logs of them, and rates learnt from the logs."""
