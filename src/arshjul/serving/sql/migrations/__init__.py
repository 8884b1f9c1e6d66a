"""The steps by which a database gets its tables (Alembic): the year's here, the portal's beside its tables.

Nothing is released, so there is one step for each. It makes the tables from their declarations as they stand, and its
id is that of the declarations (`tables_id`): a change of them is a change of the id, so that a database from before is
another version's, which is refused and not guessed at. The release ends that. What `upgrade` makes is then written out
in the first step (`alembic revision --autogenerate` on an empty database), with its id as a word, and the next change
of a table is a step after it, with that word as its `down_revision`. `tests/office/store/test_first_step.py` tries
such a step.
"""
