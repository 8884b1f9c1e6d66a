"""Which year's database the portal's operations are of."""

import sqlalchemy as sa
from alembic import op

revision = "p0013"
down_revision = "p0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; the next turn fills it in."""
    op.add_column("state", sa.Column("year", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Sections of one year's operations would be shown as those of another year's."""
    raise NotImplementedError("this step has no way back: restore a backup")
