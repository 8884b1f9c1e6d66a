"""Messages to contacts, and what each entry's contact was last told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what came before, contacts count as told."""
    op.add_column("outbox", sa.Column("contact", sa.String(32), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("opens", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("party_entry", sa.Column("told", sa.String(16), nullable=False, server_default=""))
    op.execute("UPDATE party_entry SET told = state")


def downgrade() -> None:
    """Nobody would know which messages are for contacts alone."""
    raise NotImplementedError("this step has no way back: restore a backup")
