"""A job may work out what one more of a party would be worth, in place of options."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Existing jobs looked for options."""
    op.add_column("job", sa.Column("about", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    """An older console would take the worth of a party for options."""
    raise NotImplementedError("this step has no way back: restore a backup")
