"""Reports: the figures of each day that is over are kept, so that a month is not read out of the journal again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "report_day",
        sa.Column("day", sa.String(8), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("carry", sa.LargeBinary, nullable=False),
    )
