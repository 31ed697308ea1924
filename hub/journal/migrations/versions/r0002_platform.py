"""Platforms: receipts are kept, and what was set aside can be sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("platform_aside", sa.Column("state", sa.String(8), nullable=False, server_default="kept"))
    op.add_column("platform_aside", sa.Column("is_mended", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "platform_receipt",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("first_id", sa.String(160), primary_key=True),
        sa.Column("last_id", sa.String(160), nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
    )
    op.create_index("platform_receipt_at", "platform_receipt", ["name", "at_ms"])
