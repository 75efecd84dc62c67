"""The order in which consent events were recorded, apart from any clock; events from before have one number and go by their dates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("consent_events", sa.Column("sequence", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("consent_events_by_sequence", "consent_events", ["sequence"], unique=False)


def downgrade() -> None:
    op.drop_index("consent_events_by_sequence", "consent_events")
    op.drop_column("consent_events", "sequence")
