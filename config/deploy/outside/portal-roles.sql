-- What the portal's process may do in the portal's database, said by the role that owns the tables: when `carry` has
-- made them, and again after each upgrade. It first takes back all that was given before, so it may be said at any time.
-- `carry` writes all else. What was sent is never changed, and not even its number is the portal's to choose.
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM portal;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM portal;
GRANT SELECT ON alembic_version, contact, address, view, outcome, inbox, session, session_contact, code, raised, portal_writer, sheet_section, sheet_reading, sheet_part, sheet_order, sheet_purge TO portal;
GRANT INSERT (id, contact, key, party, kind, body, corrects, seen, reported, session) ON inbox TO portal;
GRANT USAGE ON SEQUENCE inbox_number_seq TO portal;
GRANT INSERT (operation, party, section, version, reader, contact, at, pdf) ON sheet_reading TO portal;
GRANT USAGE ON SEQUENCE sheet_reading_number_seq TO portal;
GRANT INSERT ON sheet_purge TO portal;
GRANT UPDATE (decision, at) ON sheet_purge TO portal;
GRANT UPDATE (body) ON sheet_section TO portal;
GRANT INSERT, DELETE ON session, session_contact, code, raised, sheet_section TO portal;
GRANT UPDATE (language, seen_at, visited_at) ON session TO portal;
GRANT UPDATE (tries) ON code TO portal;
GRANT UPDATE (session) ON raised TO portal;
GRANT UPDATE (session, address) ON session_contact TO portal;
-- Its one row is what the portal locks while it writes.
GRANT UPDATE (id) ON portal_writer TO portal;
COMMIT;
