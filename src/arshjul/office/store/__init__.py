"""Published revisions and their readers in SQL: SQLite in a file, or PostgreSQL by its address.

Only this room imports SQLAlchemy. Its functions exchange bytes, texts and moments in small frozen records: the store
knows no plan, renders nothing, and reads no clock.
"""
