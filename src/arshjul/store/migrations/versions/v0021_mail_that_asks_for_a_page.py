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
    op.add_column("revision", sa.Column("ends_at", sa.String(27)))
    for name in ("contact", "contact_address"):
        with op.batch_alter_table(name) as table:
            table.alter_column("expires_at", existing_type=sa.String(27), nullable=True)
    op.execute(sa.text("DELETE FROM address_note"))  # they are made anew
    with op.batch_alter_table("address") as table:
        table.alter_column("expires_at", existing_type=sa.String(27), nullable=True)
        table.drop_column("with_plan")


def downgrade() -> None:
    """Nobody would know for which page an address is."""
    raise NotImplementedError("this step has no way back: restore a backup")
