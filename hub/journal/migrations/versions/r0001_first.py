"""The first tables. A released revision never changes: what the tables are now is in `hub.journal.tables`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _journal()
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    _platform_aside()


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("device", sa.String(64)),
        sa.Column("boot", sa.String(64)),
        sa.Column("seq", sa.BigInteger),
        sa.Column("events", sa.Text, nullable=False),
    )
    from_device = sa.text("device IS NOT NULL")
    op.create_index(
        "journal_origin",
        "journal",
        ["device", "boot", "seq"],
        unique=True,
        sqlite_where=from_device,
        postgresql_where=from_device,
    )


def _platform_aside() -> None:
    op.create_table(
        "platform_aside",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("platform_aside_order", "platform_aside", ["name", "position"])
