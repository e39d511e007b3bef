"""How Alembic runs the migrations of the log: on the connection it is given."""

from alembic import context

from casebook import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables.log, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
