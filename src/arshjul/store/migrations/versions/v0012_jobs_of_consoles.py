"""Jobs have a time limit, and the console whose child works on them, which shows whether they are alive."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Existing jobs belong to nobody: a migrated console has no children."""
    op.add_column("job", sa.Column("limit_s", sa.Integer, nullable=False, server_default="60"))
    op.add_column("job", sa.Column("console", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    """An older console would not know whose jobs to wait for."""
    raise NotImplementedError("this step has no way back: restore a backup")
