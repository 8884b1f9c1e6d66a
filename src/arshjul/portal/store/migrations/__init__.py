"""The steps by which the portal's database gets its tables, as those of the year's (`serving/sql/migrations`)."""
