"""What may lie in an object store."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "objects",
        sa.Column("path", sa.String(200), primary_key=True),
        sa.Column("is_leaving", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("objects")
