-- What a server of feeds outside (`serve --portal-db`) may do in the portal's database, said by the role that owns the
-- tables: it reads feeds, and notes when each was fetched. The portal's own role reads none of this.
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM feeds;
GRANT SELECT ON alembic_version, feed_state, feed, feed_address, feed_fetch, feed_writer TO feeds;
GRANT INSERT, DELETE ON feed_fetch TO feeds;
-- Its one row is what the server locks while it writes.
GRANT UPDATE (id) ON feed_writer TO feeds;
COMMIT;
