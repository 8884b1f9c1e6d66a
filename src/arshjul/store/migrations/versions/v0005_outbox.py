"""No secret waits in the outbox, and what could not be sent says why."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of a message that led to a page of answers stays that it does: its address is made when it is sent."""
    op.add_column("outbox", sa.Column("asks", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("tried_at", sa.String(27)))
    op.add_column("outbox", sa.Column("fault", sa.Text, nullable=False, server_default=""))
    outbox = sa.table("outbox", sa.column("asks", sa.Boolean), sa.column("path", sa.Text))
    op.execute(sa.update(outbox).where(outbox.c.path != "").values(asks=True))
    op.drop_column("outbox", "path")


def downgrade() -> None:
    """The secrets are gone."""
    raise NotImplementedError("this step has no way back: restore a backup")
