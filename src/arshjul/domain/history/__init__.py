"""What earlier years tell of withdrawals."""
