"""The tables of the journal, as this program expects them. How older ones become so: `migrations`."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

REVISION = "0003"
"""The newest revision in `migrations/versions`: what this program reads and writes."""

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("device", String(64)),  # device, boot, seq: the origin; null when the hub itself acted
    Column("boot", String(64)),
    Column("seq", BigInteger),
    Column("events", Text, nullable=False),  # JSON array
)

_from_device = journal.c.device.is_not(None)
Index(
    "journal_origin",
    journal.c.device,
    journal.c.boot,
    journal.c.seq,
    unique=True,
    sqlite_where=_from_device,
    postgresql_where=_from_device,
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: only the newest is kept
    Column("position", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

platform_aside = Table(
    "platform_aside",
    metadata,
    Column("name", String(64), primary_key=True),  # of the cursor: which platform would not have it
    Column("id", String(160), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("subject", String(160), nullable=False),
    Column("record", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", String(8), nullable=False, server_default="kept"),  # then due, when a person wants it sent again
    Column(
        "is_mended", Integer, nullable=False, server_default="0"
    ),  # then it stays, arrived, as the journal's correction
)
Index("platform_aside_order", platform_aside.c.name, platform_aside.c.position)

platform_receipt = Table(
    "platform_receipt",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("first_id", String(160), primary_key=True),
    Column("last_id", String(160), nullable=False),
    Column("records", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("receipt", Text, nullable=False),  # the platform's own words; may be empty
)
Index("platform_receipt_at", platform_receipt.c.name, platform_receipt.c.at_ms)

report_day = Table(
    "report_day",
    metadata,
    Column("day", String(8), primary_key=True),  # YYYYMMDD
    Column("position", BigInteger, nullable=False),  # of the entry in which the next day began
    Column("version", Integer, nullable=False),  # of what is counted, and how
    Column("body", LargeBinary, nullable=False),
    Column("carry", LargeBinary, nullable=False),  # what the next day must know; empty but for the newest
)
