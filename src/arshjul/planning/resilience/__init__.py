"""How plans withstand withdrawals that may come."""
