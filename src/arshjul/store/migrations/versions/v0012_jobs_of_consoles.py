"""A job knows how long it may take, and whose child works on it: who lives is known by that, not by silence."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The jobs that are there are nobody's: a console that is brought up to date is no child's any more."""
    op.add_column("job", sa.Column("limit_s", sa.Integer, nullable=False, server_default="60"))
    op.add_column("job", sa.Column("console", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    """An older console would not know of whom to wait for an answer."""
    raise NotImplementedError("this step has no way back: restore a backup")
