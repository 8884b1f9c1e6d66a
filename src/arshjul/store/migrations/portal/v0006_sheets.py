"""Sections of information sheets, encrypted, and who has read them."""

import sqlalchemy as sa
from alembic import op

revision = "p0006"
down_revision = "p0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "sheet_section",
        sa.Column("operation", sa.String(80)),
        sa.Column("party", sa.String(80)),
        sa.Column("section", sa.String(16)),
        sa.Column("version", sa.Integer, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("saved_at", sa.String(27), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("operation", "party", "section", "version", name="pk_sheet_section"),
    )
    op.create_table(
        "sheet_reading",
        sa.Column("number", sa.Integer, autoincrement=True),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("section", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reader", sa.String(80), nullable=False),
        sa.Column("contact", sa.String(32), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sheet_reading"),
    )


def downgrade() -> None:
    """What parties have written would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
