"""Which user of the operating system approved an export, beside the name that was typed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("approvals", sa.Column("account", sa.String(length=128)))


def downgrade() -> None:
    op.drop_column("approvals", "account")
