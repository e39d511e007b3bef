"""How Alembic runs the migrations of a hub: on the connection it is given."""

from alembic import context

from sync.hub import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables.hub, render_as_batch=True)
context.run_migrations()
