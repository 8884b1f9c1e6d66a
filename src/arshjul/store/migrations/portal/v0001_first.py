"""The first tables of the portal."""

import sqlalchemy as sa
from alembic import op

revision = "p0001"
down_revision = None
branch_labels = None
depends_on = None

_DIGEST, _MOMENT, _ID = sa.String(64), sa.String(27), sa.String(32)


def upgrade() -> None:
    """Makes all tables, empty but for the one row of `state`."""
    state = op.create_table(
        "state",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("epoch", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_state"),
    )
    op.bulk_insert(state, [{"id": 1, "epoch": ""}])
    _from_inside()
    _from_outside()


def _from_inside() -> None:
    op.create_table(
        "contact",
        sa.Column("id", _ID),
        sa.Column("party", sa.String(80), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("function", "may", "code_to")),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("is_locked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_table(
        "address",
        sa.Column("digest", _DIGEST),
        sa.Column("contact", _ID, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("page", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_address"),
    )
    op.create_table(
        "view",
        sa.Column("party", sa.String(80)),
        sa.Column("mark", _DIGEST, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("party", name="pk_view"),
    )
    op.create_table(
        "outcome",
        sa.Column("entry", _ID),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_outcome"),
    )


def _from_outside() -> None:
    op.create_table(
        "inbox",
        sa.Column("number", sa.Integer, autoincrement=True),
        sa.Column("id", _ID, nullable=False),
        sa.Column("contact", _ID, nullable=False),
        sa.Column("key", _DIGEST, nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("corrects", _ID, nullable=False),
        sa.Column("seen", _DIGEST, nullable=False),
        sa.Column("reported", _MOMENT, nullable=False),
        sa.Column("session", _DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_inbox"),
        sa.UniqueConstraint("id", name="uq_inbox_id"),
        sa.UniqueConstraint("contact", "key", name="uq_inbox_contact"),
    )
    op.create_table(
        "session",
        sa.Column("digest", _DIGEST),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_table(
        "session_contact",
        sa.Column("session", _DIGEST),
        sa.Column("contact", _ID),
        sa.Column("address", _DIGEST, nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session", "contact", name="pk_session_contact"),
    )


def downgrade() -> None:
    """What contacts have sent would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
