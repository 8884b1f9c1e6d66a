"""Messages identify by hash the revision that their party knows and the one that they tell of, since numbers recur."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """For older messages, the party knows the revision before the one that was served when they were added."""
    op.create_table(
        "told_revision",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("published_at", sa.String(27), nullable=False),
        sa.Column("scenario", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_told_revision"),
        sa.ForeignKeyConstraint(["scenario"], ["blob.digest"], name="fk_told_revision_scenario"),
        sa.ForeignKeyConstraint(["plan"], ["blob.digest"], name="fk_told_revision_plan"),
    )
    for name in ("knows", "tells"):
        op.add_column("outbox", sa.Column(name, sa.String(64), nullable=False, server_default=""))
    made = sa.table("revision", *(sa.column(name) for name in ("number", "hash", "published_at")))
    outbox = sa.table("outbox", *(sa.column(name) for name in ("at", "asks", "since", "knows", "tells")))
    number = sa.select(sa.func.max(made.c.number)).where(made.c.published_at <= outbox.c.at)
    told = number.correlate(outbox).scalar_subquery()
    op.execute(
        sa.update(outbox)
        .where(outbox.c.asks.is_(sa.false()))
        .values(knows=_hash(made, sa.func.coalesce(outbox.c.since, told - 1)), tells=_hash(made, told))
    )
    op.drop_column("outbox", "since")


def _hash(made: sa.TableClause, number: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    """The hash of the revision of that number; empty if there is none."""
    one = made.alias()
    return sa.func.coalesce(sa.select(one.c.hash).where(one.c.number == number).scalar_subquery(), "")


def downgrade() -> None:
    """The revision that a message starts from would be unknown."""
    raise NotImplementedError("this step has no way back: restore a backup")
