"""What an operator sees of the collector: counters for Prometheus, and a line of JSON for each request."""

import logging

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from analytics.collector.answers import Outcome

log = logging.getLogger("analytics.collector.requests")

_SHALLOWEST = 0.001
_COMMIT_SECONDS = tuple(_SHALLOWEST * 2**step for step in range(14))


class Counters:
    """Requests by status, events by outcome and reason, and how long commits take."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("collector_requests", "Requests by status", ["status"], registry=self._registry)
        self._events = Counter("collector_events", "Events by outcome", ["outcome"], registry=self._registry)
        self._rejected = Counter(
            "collector_rejected_events", "Rejected events by reason", ["code"], registry=self._registry
        )
        self._commits = Histogram(
            "collector_commit_seconds", "How long commits take", registry=self._registry, buckets=_COMMIT_SECONDS
        )

    def answered(self, request: Request, response: Response) -> None:
        """Count a request and its events."""
        self._requests.labels(response.status_code).inc()
        if outcome := _outcome(request):
            self._events.labels("accepted").inc(outcome.accepted)
            self._events.labels("duplicate").inc(outcome.duplicates)
            self._events.labels("rejected").inc(len(outcome.rejected))
            for event in outcome.rejected:
                self._rejected.labels(event.problem.code).inc()

    def committed(self, seconds: float) -> None:
        """Note how long a commit took."""
        self._commits.observe(seconds)

    def text(self) -> str:
        """Return all counters in the text format of Prometheus."""
        return generate_latest(self._registry).decode()


def log_request(request: Request, path: str | None, response: Response, seconds: float) -> None:
    """Write what happened, with no key and nothing of what events hold; `path` is None where there is no such."""
    line = {
        "method": request.method,
        "path": path,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    if outcome := _outcome(request):
        line |= {
            "received": outcome.received,
            "accepted": outcome.accepted,
            "duplicates": outcome.duplicates,
            "rejected": len(outcome.rejected),
        }
    log.info(line)


def _outcome(request: Request) -> Outcome | None:
    return getattr(request.state, "outcome", None)
