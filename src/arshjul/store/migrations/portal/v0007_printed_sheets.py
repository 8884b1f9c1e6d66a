"""Of what was read of information sheets: the hash of the PDF that it was read in."""

import sqlalchemy as sa
from alembic import op

revision = "p0007"
down_revision = "p0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what was read before was not noted so."""
    op.add_column("sheet_reading", sa.Column("pdf", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """What is noted would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
