"""Posting: the threads of one job onto a social account, each post recorded before the next is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from briefings.delivery.group_commit import Clock
from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Permanent, Transient, Uncertain
from briefings.rendering.post import Post

if TYPE_CHECKING:
    from briefings.delivery.channels.x import LoadMedia, XChannel

RETRY = timedelta(minutes=5)
MAX_ATTEMPTS = 12


class Posting:
    """Posts the waiting threads of one job, one after the other: an account has one timeline."""

    def __init__(
        self,
        ledger: Ledger,
        channel: XChannel,
        posts: Callable[[Row], Sequence[Post]],
        load_media: LoadMedia,
        clock: Clock,
        settled: Callable[[Result], None] = lambda result: None,
        replies_to: Callable[[Row], str] = lambda row: "",
    ) -> None:
        self._ledger = ledger
        self._channel = channel
        self._posts = posts
        self._load_media = load_media
        self._clock = clock
        self._settled = settled
        self._replies_to = replies_to

    def run(self, job: Job, channel: Channel) -> str:
        """Post until nothing waits; return why it stopped before that, or an empty text."""
        try:
            while rows := self._ledger.claim(job, channel, 1, self._clock()):
                turn = self._ledger.turn((), rows, job, self._clock())
                if turn.held:
                    return turn.held
                if not turn.may:
                    continue
                result, stopped = self._post(rows[0])
                self._ledger.turn([result], (), job, self._clock())
                self._settled(result)
                if stopped:
                    return stopped
        finally:
            self._ledger.release(self._clock())
        return ""

    def _post(self, row: Row) -> tuple[Result, str]:
        """Post one thread; return its result and, where the account takes nothing now, why."""
        first = self._replies_to(row)
        ids = [id for id in row.remote_id.split(",") if id] or ([first] if first else [])

        def remember(_index: int, id: str) -> None:
            ids.append(id)
            self._ledger.remember(row.id, ",".join(ids), self._clock())

        try:
            # What is answered stands at the head of the thread, as a post that is out already.
            posts = (*([Post("", "")] if first else []), *self._posts(row))
            self._channel.publish_thread(posts, self._load_media, tuple(ids), remember, row.attempts > 0)
        except Permanent as error:
            return Result(row.id, DeliveryState.FAILED, str(error), remote_id=",".join(ids)), ""
        except Uncertain as error:
            return Result(row.id, DeliveryState.UNCERTAIN, str(error), remote_id=",".join(ids)), ""
        except Transient as error:
            if row.attempts + 1 >= MAX_ATTEMPTS:
                return Result(row.id, DeliveryState.FAILED, f"given up: {error}", remote_id=",".join(ids)), ""
            wait = timedelta(seconds=error.retry_after) if error.retry_after else RETRY
            later = self._clock() + wait
            return Result(row.id, DeliveryState.DEFERRED, str(error), later, ",".join(ids)), str(error)
        except Exception as error:
            # A fault of ours in one thread: the others, and the mail, still go out.
            event("post.failed", row=row.id, reason=type(error).__name__)
            detail = f"the thread could not be posted: {type(error).__name__}"
            return Result(row.id, DeliveryState.FAILED, detail, remote_id=",".join(ids)), ""
        return Result(row.id, DeliveryState.SENT, "", remote_id=",".join(ids)), ""
