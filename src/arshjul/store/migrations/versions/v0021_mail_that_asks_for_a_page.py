"""Messages that ask a contact for a page of the portal, with an address for that page alone."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what came before, none asks for a page."""
    op.add_column("outbox", sa.Column("page", sa.String(16), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("page_until", sa.String(27)))


def downgrade() -> None:
    """Nobody would know for which page an address is."""
    raise NotImplementedError("this step has no way back: restore a backup")
