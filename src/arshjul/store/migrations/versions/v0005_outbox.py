"""No secrets in waiting messages, and the reasons of failed attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A message with an address to answer at only says so: the address is made when it is sent."""
    op.add_column("outbox", sa.Column("asks", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("tried_at", sa.String(27)))
    op.add_column("outbox", sa.Column("fault", sa.Text, nullable=False, server_default=""))
    outbox = sa.table("outbox", sa.column("asks", sa.Boolean), sa.column("path", sa.Text))
    op.execute(sa.update(outbox).where(outbox.c.path != "").values(asks=True))
    op.drop_column("outbox", "path")


def downgrade() -> None:
    """The secrets are gone."""
    raise NotImplementedError("this step has no way back: restore a backup")
