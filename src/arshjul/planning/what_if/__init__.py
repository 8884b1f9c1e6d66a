"""What would come in with one more of a party, or under a rule that is a step looser."""
