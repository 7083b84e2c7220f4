"""translation memory, sign-offs of message templates, engine budgets

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("source_locale", sa.String(length=35), nullable=False),
        sa.Column("source_hash", sa.String(length=32), nullable=False),
        sa.Column("target_hash", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory")),
        sa.UniqueConstraint(
            "locale",
            "source_locale",
            "source_hash",
            "target_hash",
            name=op.f("uq_memory_locale_source_locale_source_hash_target_hash"),
        ),
    )
    op.create_table(
        "sign_offs",
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "locale", "digest", name=op.f("pk_sign_offs")),
    )
    op.create_table(
        "engine_uses",
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("engine", "day", name=op.f("pk_engine_uses")),
    )
    op.add_column("segments", sa.Column("earlier", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_column("earlier")
    op.drop_table("engine_uses")
    op.drop_table("sign_offs")
    op.drop_table("memory")
