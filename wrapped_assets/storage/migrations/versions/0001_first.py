"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Spelled out, not taken from `storage.tables`: those move on with later revisions, this one stays.


def upgrade() -> None:
    op.create_table(
        "cells",
        sa.Column("environment", sa.String(length=64), nullable=False),
        sa.Column("asset", sa.String(length=128), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("input_version", sa.String(length=32), nullable=False),
        sa.Column("logic", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("data_version", sa.String(length=32), nullable=False),
        sa.Column("column_hashes", sa.String(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(length=32), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("environment", "asset", "period", "bucket"),
    )
    op.create_table(
        "chunks",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("asset", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.String(length=32), nullable=False),
        sa.Column("head", sa.String(length=32), nullable=False),
        sa.Column("tail", sa.String(length=32), nullable=False),
        sa.Column("file_hash", sa.String(length=32), nullable=False),
        sa.Column("is_early", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("people", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index("chunks_by_cell", "chunks", ["bucket", "month"], unique=False)
    op.create_table(
        "editions",
        sa.Column("environment", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("window_start", sa.Date()),
        sa.Column("window_end", sa.Date()),
        sa.Column("launch_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("environment", "year"),
    )
    op.create_table(
        "imports",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("play_count", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("rejected_path", sa.String()),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_table(
        "listeners",
        sa.Column("listener_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2)),
        sa.Column("birth_year", sa.Integer),
        sa.PrimaryKeyConstraint("listener_id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "logics",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_table(
        "publication_cells",
        sa.Column("year", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("asset", sa.String(length=128), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("year", "number", "asset", "period", "bucket"),
    )
    op.create_table(
        "publications",
        sa.Column("year", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", "number"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "exclusions",
        sa.Column("listener_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("listener_id", "kind", "target_id"),
    )


def downgrade() -> None:
    for table in (
        "exclusions",
        "settings",
        "publications",
        "publication_cells",
        "logics",
        "listeners",
        "imports",
        "editions",
        "chunks",
        "cells",
    ):
        op.drop_table(table)
