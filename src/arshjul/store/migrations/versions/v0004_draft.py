"""The coordinator's draft beside the served year, and the sessions of people who work on it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT, DIGEST = sa.String(27), sa.String(64)


def upgrade() -> None:
    """Makes the tables, empty."""
    _drafts()
    _jobs()
    _proposals()
    _outbox()
    _sessions()


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("scenario", sa.LargeBinary, nullable=False),
        sa.Column("plan", sa.LargeBinary, nullable=False),
        sa.Column("given", sa.LargeBinary),
        sa.Column("clock", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.ForeignKeyConstraint(["base"], ["revision.number"], name="fk_draft_base_revision"),
    )
    op.create_table(
        "draft_site",
        sa.Column("part", sa.String(8)),
        sa.Column("operation", sa.String(64)),
        sa.Column("position", sa.Integer, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("part", "operation", "position", name="pk_draft_site"),
    )
    op.create_table(
        "entry",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("list", sa.String(32), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("taken_back_at", MOMENT),
        sa.Column("taken_back_by", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_entry"),
    )


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("heartbeat", MOMENT, nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("value", sa.Integer),
        sa.Column("bound", sa.Integer),
        sa.Column("fault", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_job"),
    )
    op.create_table(
        "job_option",
        sa.Column("job", sa.Integer, autoincrement=False),
        sa.Column("option", sa.String(32)),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("scenario", sa.LargeBinary, nullable=False),
        sa.Column("plan", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("job", "option", name="pk_job_option"),
        sa.ForeignKeyConstraint(["job"], ["job.number"], name="fk_job_option_job_job"),
    )


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("option", sa.String(32), nullable=False),
        sa.Column("scenario", sa.LargeBinary, nullable=False),
        sa.Column("plan", sa.LargeBinary, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_table(
        "answer_address",
        sa.Column("digest", DIGEST),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("digest", name="pk_answer_address"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("party", sa.String(80), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
    )


def _sessions() -> None:
    op.create_table(
        "sign_in",
        sa.Column("digest", DIGEST),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in"),
    )
    op.create_table(
        "session",
        sa.Column("digest", DIGEST),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )


def downgrade() -> None:
    """The entries would be lost."""
    raise NotImplementedError("this step has no way back: restore a backup")
