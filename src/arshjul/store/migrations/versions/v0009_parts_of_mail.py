"""Messages are stored in parts: the one that is also read out, and those around it in a mail."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PARTS = ("opening", "details", "todo", "ending", "from_name", "reply_to")


def upgrade() -> None:
    """Waiting messages get empty parts, and are sent as they were."""
    for part in PARTS:
        op.add_column("outbox", sa.Column(part, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """They would be sent without greeting, and answers would go elsewhere."""
    raise NotImplementedError("this step has no way back: restore a backup")
