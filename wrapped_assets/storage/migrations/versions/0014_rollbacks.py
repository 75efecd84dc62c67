"""Which publications were rolled back from, when, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("publications", sa.Column("rolled_back_at", sa.DateTime(timezone=True)))
    op.add_column("publications", sa.Column("rollback_reason", sa.String(length=500)))


def downgrade() -> None:
    op.drop_column("publications", "rollback_reason")
    op.drop_column("publications", "rolled_back_at")
