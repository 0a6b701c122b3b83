"""Observation of the collector: counters for Prometheus, and a line of JSON for each request."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response

from analytics.collector.answers import Answer, Outcome

log = logging.getLogger("analytics.collector.requests")

_SHALLOWEST = 0.001
_COMMIT_SECONDS = tuple(_SHALLOWEST * 2**step for step in range(14))


GAUGES = {
    "collector_waiting_requests": "Requests that are waiting to be stored",
    "collector_waiting_bytes": "Bytes of requests that are waiting to be stored",
    "collector_last_event_timestamp_seconds": "When the latest new event was stored by this process",
    "store_bytes": "Bytes that the store takes on its disk",
    "store_free_bytes": "Bytes that are free on the disk of the store",
    "dashboard_lag_seconds": (
        "How long ago the dashboard last read new events from the store, while somebody is looking"
    ),
    "dashboard_sessions": "Browsers that are connected to the dashboard",
}
"""What `/v1/metrics` says of this moment."""


@dataclass(frozen=True)
class Beside:
    """What else the process of a collector does: what of it does not work, and its gauges by name."""

    warnings: Callable[[], list[str]] = list
    gauges: Callable[[], Mapping[str, float]] = dict


class Counters:
    """Requests by status, events by outcome and reason, payloads by system, and how long commits take."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._last_event: dict[str, float] = {}
        self._requests = Counter("collector_requests", "Requests by status", ["status"], registry=self._registry)
        events = Counter("collector_events", "Events by outcome", ["outcome"], registry=self._registry)
        self._accepted, self._duplicate, self._bad = map(events.labels, ("accepted", "duplicate", "rejected"))
        self._rejected = Counter(
            "collector_rejected_events", "Rejected events by reason", ["code"], registry=self._registry
        )
        self._payloads = Counter(
            "collector_payloads", "Payloads of other systems that were taken", ["system"], registry=self._registry
        )
        self._unread = Counter(
            "collector_unread", "Things in payloads that we did not understand", ["system"], registry=self._registry
        )
        self._commits = Histogram(
            "collector_commit_seconds", "How long commits take", registry=self._registry, buckets=_COMMIT_SECONDS
        )

    def count_response(self, response: Response) -> None:
        """Count a request and its events."""
        self._requests.labels(response.status_code).inc()
        if outcome := _outcome_of(response):
            if outcome.accepted:
                self._last_event["collector_last_event_timestamp_seconds"] = time.time()
            self._accepted.inc(outcome.accepted)
            self._duplicate.inc(outcome.duplicates)
            self._bad.inc(len(outcome.rejected))
            for event in outcome.rejected:
                self._rejected.labels(event.problem.code).inc()

    def count_payload(self, system: str, unread: int) -> None:
        """Count a payload that was taken, and how many things in it were not understood."""
        self._payloads.labels(system).inc()
        self._unread.labels(system).inc(unread)

    def count_commit(self, seconds: float) -> None:
        """Note how long a commit took."""
        self._commits.observe(seconds)

    def text(self, now: Mapping[str, float]) -> str:
        """Return all counters, and the gauges that have a value now, in the text format of Prometheus."""
        gauges = CollectorRegistry()
        for name, value in {**now, **self._last_event}.items():
            Gauge(name, GAUGES[name], registry=gauges).set(value)
        return (generate_latest(self._registry) + generate_latest(gauges)).decode()


def log_request(method: str, path: str | None, response: Response, seconds: float) -> None:
    """Log a request, without its key and without any content of its events; `path` is None if it is unknown."""
    if not log.isEnabledFor(logging.INFO):
        return
    line = {
        "method": method,
        "path": path,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    if outcome := _outcome_of(response):
        line |= {
            "received": outcome.received,
            "accepted": outcome.accepted,
            "duplicates": outcome.duplicates,
            "rejected": len(outcome.rejected),
        }
    # As `log.info`, but for the search of the caller, which takes as long as all the rest.
    log.handle(logging.LogRecord(log.name, logging.INFO, __file__, 0, line, None, None))


def _outcome_of(response: Response) -> Outcome | None:
    return response.outcome if isinstance(response, Answer) else None
