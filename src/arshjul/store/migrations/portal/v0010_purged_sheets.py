"""That what was written of an operation was purged, and by which decision."""

import sqlalchemy as sa
from alembic import op

revision = "p0010"
down_revision = "p0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sheet_purge",
        sa.Column("operation", sa.String(80)),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("operation", name="pk_sheet_purge"),
    )


def downgrade() -> None:
    """The decisions would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
