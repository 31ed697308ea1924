"""Brings the tables up to this program's revision before anything reads them."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from hub.journal import sqlite
from hub.journal.errors import JournalError, JournalNewer
from hub.journal.tables import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection, where: str) -> None:
    """Does nothing when the revision is right; else all missing steps in one transaction, or none of them.

    Raises `JournalNewer` when a newer program has migrated it, `JournalError` for a database that is no journal.
    """
    if _revision(connection, where) == REVISION:
        return
    connection.commit()
    if connection.dialect.name == "sqlite":
        sqlite.take_write_lock(connection)
    found = _revision(connection, where)  # again: another program may have migrated it in the meantime
    if found != REVISION:
        _upgrade(connection, found, where)
    connection.commit()


def _revision(connection: Connection, where: str) -> str:
    """'' for a database without tables."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return ""
    if "alembic_version" not in tables:
        raise JournalError(
            f"{where}: has tables ({', '.join(sorted(tables)[:4])}) but is no journal. Name another file."
        )
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _upgrade(connection: Connection, found: str, where: str) -> None:
    # Here and not above: it is slow to import, and needed once in the life of a version.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise JournalNewer(
            f"{where}: written by a newer program (revision {found}, this one knows up to {REVISION}). "
            "Start the newer program, or restore a backup from before the update."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)
