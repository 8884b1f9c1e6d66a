"""Since when each party has had its part in an operation, without a break."""

import sqlalchemy as sa
from alembic import op

revision = "p0012"
down_revision = "p0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table. Views go, to be carried anew, and with them who takes part: as if it always had."""
    op.create_table(
        "sheet_part",
        sa.Column("operation", sa.String(80)),
        sa.Column("party", sa.String(80)),
        sa.Column("since", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("operation", "party", name="pk_sheet_part"),
    )
    op.execute("DELETE FROM view")


def downgrade() -> None:
    """Who has come back would read what was given before."""
    raise NotImplementedError("this step has no way back: restore a backup")
