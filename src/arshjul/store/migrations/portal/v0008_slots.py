"""What parties hide of an operation, encrypted: a row for each party that writes of it."""

import sqlalchemy as sa
from alembic import op

revision = "p0008"
down_revision = "p0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table; its rows are made with the next writing or reading of each operation."""
    op.create_table(
        "sheet_slot",
        sa.Column("operation", sa.String(80)),
        sa.Column("party", sa.String(80)),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("operation", "party", name="pk_sheet_slot"),
    )


def downgrade() -> None:
    """What parties have hidden would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
