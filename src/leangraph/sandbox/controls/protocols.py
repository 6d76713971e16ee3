"""What a test may say about delta queries, long-running operations and change notifications."""

from __future__ import annotations

from ..core import delta, jobs, subscriptions
from ..core.subscriptions import Delivery, Event
from ..wire.faults import Refusal
from .base import Controls

__all__ = ["Delivery", "ProtocolControls"]


class ProtocolControls(Controls):
    """The part of a sandbox that is about protocols of several requests. ``reset()`` undoes all of it."""

    # -- delta ------------------------------------------------------------------------------------

    def expire_delta_tokens(
        self,
        *,
        status: int = 410,
        code: str = "resyncRequired",
        message: str = "Resync required.",
        location: bool = True,
    ) -> None:
        """Make every nextLink and deltaLink of a delta query that was returned so far lead to an error.

        In this way Graph forces a new start: with 410, and the new address in ``Location``. Links also expire by
        themselves after seven days; the answer is then ``400 syncStateNotFound``. Graph has also answered with
        ``status=400, code="Request_UnsupportedQuery", message="DeltaLink older than 30 days is not supported."``
        """
        delta.expire(self._running().directory, Refusal(status, code, message), location=location)

    @property
    def delta_relations(self) -> int:
        """The most members and other relations on a page of a delta query. An object with more comes again."""
        return delta.tokens_of(self._running().directory).room

    @delta_relations.setter
    def delta_relations(self, number: int) -> None:
        if number < 1:
            raise ValueError("a page has room for one relation at least")
        delta.tokens_of(self._running().directory).room = number

    # -- long-running operations --------------------------------------------------------------------

    @property
    def job_polls(self) -> int:
        """How many times the next operations answer that they are not done yet, over all clients."""
        return self._jobs.polls

    @job_polls.setter
    def job_polls(self, number: int) -> None:
        self._jobs.polls = number

    @property
    def job_seconds(self) -> float:
        """The least seconds that the next operations take, by the sandbox's clock."""
        return self._jobs.seconds

    @job_seconds.setter
    def job_seconds(self, seconds: float) -> None:
        self._jobs.seconds = seconds

    @property
    def monitor_status(self) -> int:
        """The status of the answer for a finished copy: 202 as documented, or 200."""
        return self._jobs.monitor_status

    @monitor_status.setter
    def monitor_status(self, status: int) -> None:
        self._jobs.monitor_status = status

    def fail_job(
        self,
        code: str = "generalException",
        message: str = "An unspecified error has occurred.",
        *,
        times: int = 1,
    ) -> None:
        """Make the next ``times`` operations fail at their end, without doing their work."""
        self._jobs.failures.extend({"code": code, "message": message} for _ in range(times))

    def finish_jobs(self) -> None:
        """End every running operation now, even if no client polls it."""
        for job in list(self._jobs.by_id.values()):
            self._jobs.end(job, self.now())

    @property
    def _jobs(self) -> jobs.Jobs:
        return jobs.jobs_of(self._running().directory)

    # -- change notifications -----------------------------------------------------------------------

    def deliver_notifications(self) -> list[Delivery]:
        """Send each subscriber the changes since the last delivery, and return what was sent to whom.

        If a subscriber does not answer with a 2xx within three seconds, the changes are sent again the next time.
        """
        return subscriptions.deliver(self._running().directory)

    def send_lifecycle_event(self, event: Event, subscription: str | None = None) -> list[Delivery]:
        """Send a lifecycle notification to one subscription, or to all whose resource supports it.

        ``subscriptionRemoved`` also removes the subscriptions.
        """
        return subscriptions.send_event(self._running().directory, event, subscription)
