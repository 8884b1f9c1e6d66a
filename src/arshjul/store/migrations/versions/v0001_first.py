"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_DIGEST, _MOMENT = sa.String(64), sa.String(27)


def upgrade() -> None:
    """Makes all tables, empty but for the one row of `state`."""
    _published()
    _sites()
    _readers()
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("hash", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    state = op.create_table(
        "state",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("revision", sa.Integer),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("floor", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_state"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_state_revision"),
    )
    op.bulk_insert(state, [{"id": 1, "revision": None, "generation": 0, "floor": "1970-01-01T00:00:00.000000Z"}])


def _published() -> None:
    op.create_table(
        "blob",
        sa.Column("digest", _DIGEST),
        sa.Column("gzipped", sa.LargeBinary, nullable=False),
        sa.Column("seal", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_blob"),
    )
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("plan_revision", sa.Integer, nullable=False),
        sa.Column("scenario", _DIGEST, nullable=False),
        sa.Column("plan", _DIGEST, nullable=False),
        sa.Column("previous", _DIGEST, nullable=False),
        sa.Column("hash", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revision"),
        sa.ForeignKeyConstraint(["scenario"], ["blob.digest"], name="fk_revision_scenario"),
        sa.ForeignKeyConstraint(["plan"], ["blob.digest"], name="fk_revision_plan"),
    )
    op.create_table(
        "feed",
        sa.Column("revision", sa.Integer, autoincrement=False),
        sa.Column("party", sa.String(80)),
        sa.Column("level", sa.String(8)),
        sa.Column("ics", _DIGEST, nullable=False),
        sa.Column("said", _DIGEST, nullable=False),
        sa.Column("last_modified", _MOMENT, nullable=False),
        sa.Column("departed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("revision", "party", "level", name="pk_feed"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_feed_revision"),
        sa.ForeignKeyConstraint(["ics"], ["blob.digest"], name="fk_feed_ics"),
        sa.ForeignKeyConstraint(["said"], ["blob.digest"], name="fk_feed_said"),
    )
    op.create_table(
        "cause",
        sa.Column("revision", sa.Integer, autoincrement=False),
        sa.Column("withdrawal", sa.String(80)),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("revision", "withdrawal", name="pk_cause"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_cause_revision"),
    )


def _sites() -> None:
    op.create_table(
        "site_seal",
        sa.Column("revision", sa.Integer, autoincrement=False),
        sa.Column("operation", sa.String(64)),
        sa.Column("position", sa.Integer, autoincrement=False),
        sa.Column("seal", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("revision", "operation", "position", name="pk_site_seal"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_site_seal_revision"),
    )
    op.create_table(
        "site",
        sa.Column("revision", sa.Integer, autoincrement=False),
        sa.Column("operation", sa.String(64)),
        sa.Column("position", sa.Integer, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("revision", "operation", "position", name="pk_site"),
        sa.ForeignKeyConstraint(
            ["revision", "operation", "position"],
            ["site_seal.revision", "site_seal.operation", "site_seal.position"],
            name="fk_site_revision",
        ),
    )


def _readers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("seal", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
    )
    op.create_table(
        "address",
        sa.Column("digest", _DIGEST),
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("seal", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_address"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_address_subscriber"),
    )
    op.create_table(
        "fetch",
        sa.Column("subscriber", sa.Integer, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("client", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name="pk_fetch"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_fetch_subscriber"),
    )


def downgrade() -> None:
    """There is nothing before this migration."""
    raise NotImplementedError("the first step has no way back: restore a backup")
