"""Addresses may last as long as the plan, and the entry about their end is stored beside them."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from arshjul.store.chain import hash_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_USUAL_S = 400 * 24 * 3600


def upgrade() -> None:
    """Addresses with the former default of 400 days now last with the plan, which they were to outlive."""
    op.add_column("address", sa.Column("with_plan", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "address_note",
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("ends", sa.String(27), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_address_note"),
        sa.ForeignKeyConstraint(["address"], ["address.digest"], name="fk_address_note_address"),
    )
    names = ("digest", "subscriber", "created_at", "expires_at", "seal", "with_plan")
    address = sa.table("address", *(sa.column(name) for name in names))
    for row in op.get_bind().execute(sa.select(address)).mappings().all():
        old = {name: row[name] for name in names if name not in ("seal", "with_plan")}
        if row["seal"] == hash_of(old) and _seconds(old["created_at"], old["expires_at"]) == _USUAL_S:
            new = {"with_plan": True, "seal": hash_of({**old, "with_plan": True})}
            op.execute(sa.update(address).where(address.c.digest == row["digest"]).values(new))


def _seconds(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def downgrade() -> None:
    """The addresses that last with the plan would be unknown."""
    raise NotImplementedError("this step has no way back: restore a backup")
