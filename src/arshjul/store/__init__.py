"""Published revisions and their readers in SQL: SQLite in a file, or PostgreSQL by its address.

SQLAlchemy is imported here and nowhere else. What goes in and comes out are bytes, texts and moments
in small frozen records: the store knows no plan and renders nothing. It reads no clock either.
"""
