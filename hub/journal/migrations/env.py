"""Alembic's entry: runs the steps on the connection that `hub.journal.migrate` hands over, in its transaction."""

from alembic import context

from hub.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
