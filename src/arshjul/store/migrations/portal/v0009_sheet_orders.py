"""What the coordinator has said of sheets: readers taken away, and sheets frozen."""

import sqlalchemy as sa
from alembic import op

revision = "p0009"
down_revision = "p0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sheet_order",
        sa.Column("operation", sa.String(80)),
        sa.Column("party", sa.String(80)),
        sa.Column("section", sa.String(16)),
        sa.Column("reader", sa.String(80)),
        sa.Column("at", sa.String(27)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("operation", "party", "section", "reader", "at", name="pk_sheet_order"),
    )


def downgrade() -> None:
    """Who was taken away would read again."""
    raise NotImplementedError("this step has no way back: restore a backup")
