"""How many buckets the cells of a published edition are of."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("publications", sa.Column("bucket_count", sa.Integer))


def downgrade() -> None:
    op.drop_column("publications", "bucket_count")
