"""Tables in SQL: SQLite in a file, or PostgreSQL by its address. Only here and in the stores is SQLAlchemy imported."""
