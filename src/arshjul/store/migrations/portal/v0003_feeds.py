"""Rendered feeds, who may read each, and when each was last read: for a server of feeds outside."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "p0003"
down_revision = "p0002"
branch_labels = None
depends_on = None

MOST = 1 << 30
"""A database that is made anew begins at another number: no server takes it for the former one."""


def _key() -> list[sa.Column[str]]:
    sizes = (("party", 80), ("level", 16), ("content", 16))
    return [sa.Column(name, sa.String(size), nullable=False) for name, size in sizes]


def upgrade() -> None:
    """Makes the tables, with a row to compare by and a row for the server to hold."""
    state = op.create_table(
        "feed_state",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("restored_at", sa.String(27), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("carried", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("published_at", sa.String(27)),
        sa.PrimaryKeyConstraint("id", name="pk_feed_state"),
    )
    op.bulk_insert(
        state, [{"id": 1, "generation": secrets.randbelow(MOST), "restored_at": "", "mark": "", "carried": -1}]
    )
    writer = op.create_table(
        "feed_writer",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_writer"),
    )
    op.bulk_insert(writer, [{"id": 1}])
    op.create_table(
        "feed",
        *_key(),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("last_modified", sa.String(27), nullable=False),
        sa.Column("gzipped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("party", "level", "content", name="pk_feed"),
    )
    op.create_table(
        "feed_address",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("subscriber", sa.Integer, nullable=False),
        *_key(),
        sa.Column("client", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("noted_since", sa.String(27)),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_feed_address"),
    )
    op.create_table(
        "feed_fetch",
        sa.Column("subscriber", sa.Integer, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name="pk_feed_fetch"),
    )


def downgrade() -> None:
    """Who was revoked since would be served again."""
    raise NotImplementedError("this step has no way back: restore a backup")
