"""What is planned for a launch, and what is known to be done of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "launch_plans",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("targets", sa.JSON, nullable=False),
        sa.Column("locales", sa.JSON, nullable=False),
        sa.Column("freeze_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped", sa.String(500)),
    )
    op.create_table(
        "launch_evidence",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step", sa.String(16), primary_key=True),
        sa.Column("edition", sa.String(200), primary_key=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("launch_evidence")
    op.drop_table("launch_plans")
