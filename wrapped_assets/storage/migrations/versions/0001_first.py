"""The first schema."""

from alembic import op

from wrapped_assets.storage.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Later revisions spell their changes out; this one is the schema as first released.
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
