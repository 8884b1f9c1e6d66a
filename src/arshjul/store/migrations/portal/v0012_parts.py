"""Since when each party has had its part in an operation, without a break."""

import json

import sqlalchemy as sa
from alembic import op

revision = "p0012"
down_revision = "p0011"
branch_labels = None
depends_on = None

LONG_AGO = "2000-01-01T00:00:00.000000Z"


def upgrade() -> None:
    """Makes the table. Who takes part now, as the views have it, counts as if it always had."""
    table = op.create_table(
        "sheet_part",
        sa.Column("operation", sa.String(80)),
        sa.Column("party", sa.String(80)),
        sa.Column("since", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("operation", "party", name="pk_sheet_part"),
    )
    parts = set[tuple[str, str]]()
    for party, body in op.get_bind().execute(sa.text("SELECT party, body FROM view")):
        for one in json.loads(body).get("sheets", ()):
            parts |= {(one["operation"], id) for id in (party, *(there["id"] for there in one["readers"]))}
    rows = [{"operation": operation, "party": party, "since": LONG_AGO} for operation, party in sorted(parts)]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    """Who has come back would read what was given before."""
    raise NotImplementedError("this step has no way back: restore a backup")
