"""How plans stand against withdrawals that may come."""
