"""Codes that were mailed to contacts, and the sessions that they have raised."""

import sqlalchemy as sa
from alembic import op

revision = "p0004"
down_revision = "p0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("contact", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_code"),
    )
    op.create_table(
        "raised",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("contact", sa.String(32), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("session", "contact", name="pk_raised"),
    )


def downgrade() -> None:
    """Limits would count anew."""
    raise NotImplementedError("this step has no way back: restore a backup")
