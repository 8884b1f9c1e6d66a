"""Indexes for what `carry` asks every few seconds: which entries wait, what became of others, how many came."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the indexes."""
    op.create_index("ix_entry_revision", "entry", ["revision", "taken_back_at", "number"])
    op.create_index("ix_party_entry_state", "party_entry", ["state", "settled_at"])
    op.create_index("ix_party_entry_received", "party_entry", ["received", "contact"])


def downgrade() -> None:
    """What contacts have sent would be lost with the steps before."""
    raise NotImplementedError("this step has no way back: restore a backup")
