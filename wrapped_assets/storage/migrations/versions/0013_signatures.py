"""The signature of an approval: the signer's public key and what it signed, in hex."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("approvals", sa.Column("public_key", sa.String(length=64)))
    op.add_column("approvals", sa.Column("signature", sa.String(length=128)))


def downgrade() -> None:
    op.drop_column("approvals", "signature")
    op.drop_column("approvals", "public_key")
