"""Which year's database the portal's operations are of; and two tables that nothing needs go."""

import sqlalchemy as sa
from alembic import op

revision = "p0013"
down_revision = "p0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, which the next turn fills in; drops the tables."""
    op.drop_table("sheet_slot")
    op.drop_table("sheet_sweep")
    op.add_column("state", sa.Column("year", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Sections of one year's operations would be shown as those of another year's."""
    raise NotImplementedError("this step has no way back: restore a backup")
