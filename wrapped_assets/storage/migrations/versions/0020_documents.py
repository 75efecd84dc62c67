"""Which object is a document's newest version."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("path", sa.String(220), nullable=False),
        sa.Column("file_hash", sa.String(32), nullable=False),
    )
    with op.batch_alter_table("objects") as batch:
        batch.alter_column("path", type_=sa.String(220), existing_type=sa.String(200), existing_nullable=False)


def downgrade() -> None:
    op.drop_table("documents")
