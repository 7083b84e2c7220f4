"""Alembic's entry: runs the migrations on the connection that `store.engine.migrate` hands over."""

from alembic import context

from briefings.store import people, tables  # noqa: F401  # they register themselves
from briefings.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
