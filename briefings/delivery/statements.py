"""Statements: the ledger's SQL, for SQLite and PostgreSQL.

Written out, because it runs for every mail: the same through SQLAlchemy's execution took ten times the CPU.
Arguments are `:name`; `{name}` is what the two databases say differently, such as a list of values.
"""

from __future__ import annotations

from functools import lru_cache

CLAIM = """
UPDATE deliveries SET state = 'claimed', sender = :sender, changed_at = :now WHERE {these_ids}
  SELECT d.id FROM deliveries d
  WHERE d.briefing = :briefing AND d.revision = :revision AND d.channel = :channel AND d.id > :after
    AND d.waits AND (d.state = 'queued' OR d.not_before <= :now)
  ORDER BY d.id LIMIT :limit {skip_locked}{end_of_these}
RETURNING id
"""
CLAIM_OTHER_DOMAINS = CLAIM.replace(
    "FROM deliveries d", "FROM deliveries d LEFT JOIN subscribers s ON s.id = d.subscriber_id"
).replace("ORDER BY", "AND NOT ({domain} {among_domains}) ORDER BY")

ROW = """d.id, d.briefing, d.revision, d.locale, d.channel, d.destination, d.purpose, d.attempts, d.remote_id, d.detail,
  coalesce(d.subscriber_id, 0), coalesce(s.email, ''), coalesce(s.format, '')"""
READ = """
SELECT {row} FROM deliveries d LEFT JOIN subscribers s ON s.id = d.subscriber_id
WHERE d.id {among_ids} ORDER BY d.id
"""


READ_CLAIMED = """
WITH claimed AS (<claim>) SELECT json_agg(json_build_array({row}) ORDER BY d.id)
FROM claimed d LEFT JOIN subscribers s ON s.id = d.subscriber_id
"""
CLAIM_AT_ONCE, CLAIM_OTHER_DOMAINS_AT_ONCE = (
    READ_CLAIMED.replace("<claim>", claim.replace("RETURNING id", "RETURNING *"))
    for claim in (CLAIM, CLAIM_OTHER_DOMAINS)
)
"""Claim and read in one round trip (PostgreSQL). One JSON text is read in a tenth of the time of rows and columns."""

HOLDS = """
SELECT scope, reason, made_by FROM holds
WHERE lifted_at IS NULL AND (until IS NULL OR until > :now)
  AND (scope IN ('all', :scope) OR substr(scope, 1, 7) = 'domain:') ORDER BY id
"""

IS_ACTIVE = """(subscriber_id IS NULL OR EXISTS (SELECT 1 FROM subscribers s
  WHERE s.id = subscriber_id AND s.confirmed_at IS NOT NULL AND s.ended_at IS NULL
    AND (s.paused_until IS NULL OR s.paused_until <= :now) {in_turn}))"""
IS_PAUSED = """EXISTS (SELECT 1 FROM subscribers s
  WHERE s.id = subscriber_id AND s.confirmed_at IS NOT NULL AND s.ended_at IS NULL AND s.paused_until > :now)"""
# Kind and place are taken together, which no index serves: it goes by the subscriber.
FOLLOWS = """(subscriber_id IS NULL OR purpose <> 'briefing' OR EXISTS (SELECT 1 FROM follows f
  WHERE f.subscriber_id = deliveries.subscriber_id AND (f.kind || ':' || f.place) {among_places} {one_by_one}))"""
IS_CURRENT = """(purpose = 'withdrawal' OR EXISTS (SELECT 1 FROM publications p
  WHERE p.briefing = :briefing AND p.revision = :base AND p.withdrawn_at IS NULL))"""
# `coalesce` keeps a database from going by the index on `sender` instead of by the ids.
MINE = "id {among_ids} AND coalesce(sender, '') = :sender AND state = 'claimed'"

MARK = """
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, changed_at = :now
WHERE {mine} AND {is_active} AND {follows} AND {is_current} RETURNING id
"""
SETTLE = """
UPDATE deliveries SET sender = NULL, changed_at = :now,
  state = CASE WHEN {is_current} THEN 'suppressed' ELSE 'cancelled' END,
  detail = CASE WHEN NOT {is_current} THEN :replaced WHEN {is_active} THEN :moved
    WHEN {is_paused} THEN :paused ELSE :gone END
WHERE {mine}
"""
PUT_BACK = "UPDATE deliveries SET state = 'queued', sender = NULL, changed_at = :now WHERE {mine}"
EXPIRE = "UPDATE deliveries SET state = 'expired', detail = :detail, sender = NULL, changed_at = :now WHERE {mine}"

RECORD = """
UPDATE deliveries SET state = :state, detail = :detail, not_before = :not_before, remote_id = :remote_id,
  attempts = coalesce(:attempts, attempts), changed_at = :now, sender = NULL
WHERE id = :id AND coalesce(sender, '') = :sender AND state IN ('sending', 'claimed')
"""
RECORD_MANY = """
UPDATE deliveries d SET state = r.state, detail = r.detail, not_before = r.not_before, remote_id = r.remote_id,
  attempts = coalesce(r.attempts, d.attempts), changed_at = :now, sender = NULL
FROM jsonb_to_recordset(CAST(:results AS jsonb))
  AS r(id integer, state text, detail text, not_before timestamptz, remote_id text, attempts integer)
WHERE d.id = r.id AND d.id {among_recorded} AND coalesce(d.sender, '') = :sender AND d.state IN ('sending', 'claimed')
RETURNING 1
"""
FORGET_DONE = """
DELETE FROM claims WHERE sender = :sender AND NOT EXISTS (SELECT 1 FROM deliveries d
  WHERE d.id BETWEEN claims.first_id AND claims.last_id AND d.sender = claims.sender {one_by_one})
"""
KEEP_CLAIM = "INSERT INTO claims (sender, first_id, last_id) VALUES (:sender, :first_id, :last_id)"
COUNT_WRITE = "UPDATE journals SET generation = generation + 1 WHERE id = :journal RETURNING generation"
TURN_AT_ONCE = """
WITH recorded AS ({record_many}),
  held AS ({holds}),
  marked AS ({mark_unless_held}),
  counted AS (UPDATE journals SET generation = generation + 1
    WHERE id = :journal AND EXISTS (SELECT 1 FROM marked) RETURNING generation)
SELECT (SELECT json_agg(id) FROM marked), (SELECT generation FROM counted), (SELECT count(*) FROM recorded)
"""
"""All of a turn in one round trip (PostgreSQL). Where anything is held, it marks nothing."""
IS_SENDER = "SELECT 1 FROM senders WHERE id = :sender"

_STEPS = {
    "record_many": RECORD_MANY,
    "holds": HOLDS,
    "mark_unless_held": MARK.replace("RETURNING", "AND NOT EXISTS (SELECT 1 FROM held) RETURNING"),
}
_CONDITIONS = {
    "row": ROW,
    "mine": MINE,
    "is_active": IS_ACTIVE,
    "is_paused": IS_PAUSED,
    "follows": FOLLOWS,
    "is_current": IS_CURRENT,
}
_SQLITE = {
    "among_ids": "IN (SELECT value FROM json_each(:ids))",
    "among_domains": "IN (SELECT value FROM json_each(:domains))",
    "among_places": "IN (SELECT value FROM json_each(:places))",
    "domain": "coalesce(substr(s.email, instr(s.email, '@') + 1), '')",
    "these_ids": "id IN (",
    "end_of_these": ")",
    "skip_locked": "",
    "in_turn": "",
    "one_by_one": "",
}
_POSTGRESQL = {
    "among_ids": "= ANY(CAST(:ids AS integer[]))",  # through the index, however small the table is
    "among_recorded": "= ANY(CAST(:recorded_ids AS integer[]))",
    "among_domains": "= ANY(CAST(:domains AS text[]))",
    "among_places": "= ANY(CAST(:places AS text[]))",
    "domain": "coalesce(split_part(s.email, '@', 2), '')",
    "these_ids": "id = ANY(ARRAY(",  # as many as they are, they are looked up one by one
    "end_of_these": "))",
    "skip_locked": "FOR UPDATE OF d SKIP LOCKED",
    "in_turn": "FOR SHARE OF s",  # who unsubscribes at this moment commits before the mark or after it
    "one_by_one": "OFFSET 0",  # or all that could be wanted is gathered first, each time anew
}


@lru_cache(maxsize=64)
def in_words_of(statement: str, is_sqlite: bool) -> str:
    """Return a statement as one of the two databases takes it."""
    own = _Filled(_SQLITE if is_sqlite else _POSTGRESQL)
    return statement.format_map(_Filled(_STEPS)).format_map(_Filled(_CONDITIONS)).format_map(own)


class _Filled(dict[str, str]):
    """Fills in what it knows and leaves the rest for the next time."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
