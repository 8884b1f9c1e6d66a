"""Messages have their urgent lines, their operations, and the time until which they hold."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Waiting messages are rewritten at the next look, since their validity is unknown."""
    op.add_column("outbox", sa.Column("about", sa.Text(), nullable=False, server_default="[]"))
    for name in ("soon", "passed"):
        op.add_column("outbox", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("seen", "until"):
        op.add_column("outbox", sa.Column(name, sa.String(27)))
    outbox = sa.table("outbox", sa.column("urgent"), sa.column("soon"))
    op.execute(sa.update(outbox).where(outbox.c.urgent.is_(sa.true())).values(soon=1))
    op.drop_column("outbox", "urgent")


def downgrade() -> None:
    """The validity of messages would be unknown."""
    raise NotImplementedError("this step has no way back: restore a backup")
