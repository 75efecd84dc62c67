"""Places, versions of the catalogue, frozen populations, groups."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("listeners", sa.Column("place", sa.String()))
    op.add_column("editions", sa.Column("catalogue", sa.String(length=32)))
    op.add_column("editions", sa.Column("is_frozen", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "catalogue_files",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("asset", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("column_hashes", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(length=32), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", "asset"),
    )
    op.create_table(
        "groups",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("group_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("listener_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.group_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "listener_id"),
    )
