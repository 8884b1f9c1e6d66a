"""Contacts, who take part at the portal; their addresses, and what they sent."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DIGEST, _MOMENT, _ID = sa.String(64), sa.String(27), sa.String(32)


def upgrade() -> None:
    """Makes the tables, empty."""
    op.create_table(
        "contact",
        sa.Column("id", _ID),
        sa.Column("party", sa.String(80), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("function", "may", "email", "code_to")),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("created_at", "expires_at")),
        *(sa.Column(name, _MOMENT) for name in ("ended_at", "locked_at")),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_table(
        "contact_address",
        sa.Column("digest", _DIGEST),
        sa.Column("contact", _ID, nullable=False),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("created_at", "expires_at")),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("page", sa.String(16), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("digest", name="pk_contact_address"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_contact_address_contact"),
    )
    op.create_table(
        "party_entry",
        sa.Column("id", _ID),
        sa.Column("contact", _ID, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("corrects", _ID, nullable=False),
        sa.Column("seen", _DIGEST, nullable=False),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("reported", "received")),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("item", sa.String(80), nullable=False, server_default=""),
        sa.Column("settled_at", _MOMENT),
        sa.Column("settled_by", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_party_entry"),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name="fk_party_entry_contact"),
        sa.UniqueConstraint("contact", "key", name="uq_party_entry_contact"),
    )
    op.create_table(
        "party_fault",
        sa.Column("row_digest", _DIGEST),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("row_digest", name="pk_party_fault"),
    )


def downgrade() -> None:
    """What contacts have sent would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
