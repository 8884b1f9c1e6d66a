"""That the drafts of an operation's information sheet were removed."""

import sqlalchemy as sa
from alembic import op

revision = "p0011"
down_revision = "p0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sheet_sweep",
        sa.Column("operation", sa.String(80)),
        sa.Column("at", sa.String(27)),
        sa.PrimaryKeyConstraint("operation", "at", name="pk_sheet_sweep"),
    )


def downgrade() -> None:
    """Drafts would be looked for in vain."""
    raise NotImplementedError("this step has no way back: restore a backup")
