"""Several feeds a party, by contents. Existing feeds have all contents, and so do their subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _content() -> "sa.Column[str]":
    return sa.Column("content", sa.String(10), nullable=False, server_default="all")


def upgrade() -> None:
    """Adds the columns; no row is rewritten, so hashes stay."""
    with op.batch_alter_table("feed") as feed:
        feed.add_column(_content())
        feed.drop_constraint("pk_feed", type_="primary")
        feed.create_primary_key("pk_feed", ["revision", "party", "level", "content"])
    op.add_column("subscriber", _content())
    op.add_column("subscriber", sa.Column("client", sa.String(8), nullable=False, server_default=""))


def downgrade() -> None:
    """An earlier program would show readers of one content all contents."""
    raise NotImplementedError("this step has no way back: restore a backup")
