"""what senders hold is found by their claims, what waits by a column that rarely changes

So that no index has to be kept up when PostgreSQL marks and records a delivery (a heap-only tuple update).

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITS, IS_UNCERTAIN = "state IN ('queued', 'deferred')", "state = 'uncertain'"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.execute(
        "INSERT INTO claims (sender, first_id, last_id) "
        "SELECT sender, min(id), max(id) FROM deliveries WHERE sender IS NOT NULL GROUP BY sender"
    )
    for name in ("ix_deliveries_waiting", "ix_deliveries_sender", "ix_deliveries_uncertain"):
        op.drop_index(name, "deliveries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deliveries SET (fillfactor = 50)")  # room beside a row for its next versions
    op.add_column("deliveries", sa.Column("waits", sa.Boolean(), sa.Computed(WAITS), nullable=True))
    op.add_column("deliveries", sa.Column("is_uncertain", sa.Boolean(), sa.Computed(IS_UNCERTAIN), nullable=True))
    for name, where, columns in (
        ("ix_deliveries_waiting", "waits", ["briefing", "revision", "channel", "id"]),
        ("ix_deliveries_uncertain", "is_uncertain", ["briefing"]),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
