"""What one more of a party would be worth."""
