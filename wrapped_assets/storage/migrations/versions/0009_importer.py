"""Which code landed an import."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("imports", sa.Column("importer", sa.String(32)))


def downgrade() -> None:
    op.drop_column("imports", "importer")
