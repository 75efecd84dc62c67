"""The scheme of content hashes, the bytes of published files, and what was found damaged."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("cells", sa.Column("scheme", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("publication_cells", sa.Column("file_hash", sa.String(32)))
    op.add_column("imports", sa.Column("rejected_hash", sa.String(32)))
    op.create_table(
        "damaged_files",
        sa.Column("path", sa.String(), primary_key=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("cells_by_path", "cells", ["path"])
    op.create_index("publication_cells_by_path", "publication_cells", ["path"])
    op.execute(
        "update publication_cells set file_hash = (select max(cells.file_hash) from cells where cells.path = publication_cells.path)"
    )


def downgrade() -> None:
    op.drop_index("publication_cells_by_path", "publication_cells")
    op.drop_index("cells_by_path", "cells")
    op.drop_table("damaged_files")
    op.drop_column("imports", "rejected_hash")
    op.drop_column("publication_cells", "file_hash")
    op.drop_column("cells", "scheme")
