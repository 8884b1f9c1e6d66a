"""Outcomes by the number of the row, so that one whose id is none has an outcome too; a row for the portal to hold."""

import sqlalchemy as sa
from alembic import op

revision = "p0002"
down_revision = "p0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the row, and the table of outcomes anew with what it held of rows that are there."""
    writer = op.create_table(
        "portal_writer",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.PrimaryKeyConstraint("id", name="pk_portal_writer"),
    )
    op.bulk_insert(writer, [{"id": 1}])
    held = op.get_bind().execute(
        sa.text(
            "SELECT inbox.number, outcome.state, outcome.about, outcome.at FROM outcome "
            "JOIN inbox ON inbox.id = outcome.entry"
        )
    )
    rows = [dict(row) for row in held.mappings()]
    op.drop_table("outcome")
    outcome = op.create_table(
        "outcome",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outcome"),
    )
    op.bulk_insert(outcome, rows)


def downgrade() -> None:
    """Outcomes of rows whose ids are none would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
