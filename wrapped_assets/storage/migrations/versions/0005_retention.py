"""When our copies of an export were destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("exports", sa.Column("expired_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("exports", "expired_at")
