"""A message is kept in its parts: what is said on the telephone too, and what a mail has around it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PARTS = ("opening", "details", "todo", "ending", "from_name", "reply_to")


def upgrade() -> None:
    """Gives what waits none of them: it is sent as it was."""
    for part in PARTS:
        op.add_column("outbox", sa.Column(part, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """It would be sent without its greeting, and answers would go elsewhere."""
    raise NotImplementedError("this step has no way back: restore a backup")
