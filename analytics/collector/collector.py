"""The collector: `POST /v1/capture` with a write key, webhooks, and addresses that show whether it works."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from analytics.collector.answers import (
    Answer,
    CaptureError,
    Outcome,
    build_answer,
    build_receipt,
    build_refusal,
)
from analytics.collector.batch import key_in_headers, read_batch
from analytics.collector.body import START_BYTES, Body
from analytics.collector.deliveries import check_signature, read_delivery
from analytics.collector.group_commit import GroupCommit, store_unavailable, unknown_key
from analytics.collector.in_flight import InFlight, Share
from analytics.collector.judging import Capture, judge_captures
from analytics.collector.known_secrets import KnownSecrets
from analytics.collector.observe import Beside, Counters, log_request
from analytics.collector.openapi import build_description
from analytics.collector.rate import RateLimit
from analytics.events.adapters.systems import name_payload
from analytics.events.judge import Problem
from analytics.numbers.asked import AskedWronglyError
from analytics.numbers.for_programs import NUMBERS, Numbers
from analytics.server.app_folder import shell_command
from analytics.server.loopback import came_through_proxy, is_loopback
from analytics.settings import Settings
from analytics.store.database import StoreError, StoreUnavailableError
from analytics.store.event_store import EventStore
from analytics.store.projects import Project
from analytics.store.read_keys import ReadKey, ReadKeys
from analytics.store.webhooks import Webhook
from analytics.store.write_keys import WriteKey

_PATIENCE_SECONDS = 4.0
_HEALTH_SECONDS = 1.5
_WEBHOOKS = "/webhooks"
_DAMAGED = "store"
"""The warning that some of the store is damaged or was lost."""

_NO_KEY = (
    f"There is no write key yet. Make one with `{shell_command('keys create NAME')}`, "
    "or on the dashboard's page Connections."
)
_KEY_MISSING = (
    "Send the write key in the header X-Write-Key. In a body of more than 64 KiB it must come before the batch."
)

T = TypeVar("T")

Respond = Callable[[Request], Awaitable[Response]]

log = logging.getLogger(__name__)


class Collector:
    """An ASGI app, to be mounted at `/v1`, that takes events for one store.

    Whoever mounts it calls `start` before the first request and `stop` after the last: see `running`.
    """

    def __init__(self, store: Callable[[], EventStore], limits: Settings, beside: Beside | None = None) -> None:
        """Take a function that returns the store, or raises a `StoreError` while the store cannot be opened.

        `beside` is what else this process does; what of it does not work keeps no event from being stored.
        """
        self._store = store
        self._beside = beside or Beside()
        self._limits = limits
        self._counters = Counters()
        self._in_flight = InFlight(limits.max_waiting_bytes)
        self._rate = RateLimit(limits.requests_per_second)
        self._read_rate = RateLimit(limits.reads_per_second)
        self._keys = KnownSecrets[WriteKey]()
        self._webhooks = KnownSecrets[Webhook]()
        self._payload_limits = replace(
            limits, max_wire_bytes=limits.max_payload_bytes, max_body_bytes=limits.max_payload_bytes
        )
        self._commits = GroupCommit(store, limits.max_waiting_bytes, self._counters.count_commit)
        self._routes: dict[str, tuple[tuple[str, ...], Respond]] = {
            "/capture": (("POST",), self._capture),
            "/batch": (("POST",), self._capture),
            _WEBHOOKS: (("GET", "POST"), self._webhook),
            **{path: (("GET", "HEAD"), partial(self._read, numbers)) for path, numbers in NUMBERS.items()},
            "/health": (("GET", "HEAD"), self._health),
            "/metrics": (("GET", "HEAD"), self._metrics),
            "/openapi.json": (("GET", "HEAD"), self._openapi),
        }

    def start(self) -> None:
        """Start the thread that commits."""
        self._commits.start()

    def stop(self) -> None:
        """Commit what still waits, then stop."""
        self._commits.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below `/v1`, with or without a slash at its end."""
        began = time.perf_counter()
        request = Request(scope, receive)
        path = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/")
        if path.startswith(f"{_WEBHOOKS}/"):
            path = _WEBHOOKS  # what follows is a secret
        known = path in self._routes
        response = await _respond_safely(
            self._find_responder(path, request.method) if known else _no_such_path, request
        )
        await response(scope, receive, send)
        self._counters.count_response(response)
        log_request(request.method, f"/v1{path}" if known else None, response, time.perf_counter() - began)

    def _find_responder(self, path: str, method: str) -> Respond:
        allowed, respond = self._routes[path]
        return respond if method in allowed else _no_such_method(allowed)

    async def _capture(self, request: Request) -> Response:
        with Share(self._in_flight) as share:
            return await self._capture_within(share, request)

    async def _capture_within(self, share: Share, request: Request) -> Response:
        dry_run = _is_dry_run(request)
        arriving = Body(request, self._limits, share)
        named = key_in_headers(request.headers) or await arriving.find_key()
        key = await self._authenticate(named, fresh=dry_run)
        share.count_as_known()
        body = await arriving.read()
        try:
            events = read_batch(body, self._limits.max_batch_events)
        except CaptureError as given:
            error = _name_other_system(given, body)
            if dry_run or error.status != 400 or error.code in ("empty_body", "batch_empty"):
                raise
            return await self._keep_unreadable(error, key, body)
        capture = Capture(key, events)
        return build_answer(await self._take(capture, dry_run=dry_run))

    async def _take(self, capture: Capture, *, dry_run: bool) -> Outcome:
        """Return the outcome of a capture, once it is kept; of a dry run, as it would be."""
        return await (run_in_threadpool(_judge_only, capture) if dry_run else self._commits.keep(capture))

    async def _keep_unreadable(self, error: CaptureError, key: WriteKey, body: bytes) -> Response:
        """Keep a body that could not be read as one rejected event, and say what is wrong with it."""
        problem = Problem("", error.code, error.message)
        return build_refusal(error, await self._commits.keep(Capture(key, [body], problem)))

    async def _authenticate(self, key: str | None, *, fresh: bool) -> WriteKey:
        """Return the facts about a key. Unless `fresh`, they may be a few seconds old: each commit checks again."""
        if not key:
            raise CaptureError(401, "key_missing", _KEY_MISSING)
        ask = partial(self._ask, lambda store: store.keys.find(key), _PATIENCE_SECONDS)
        found = await self._keys.find(key, ask, fresh=fresh)
        if found is None:
            raise unknown_key()
        if wait := self._rate.wait(found.id):
            raise CaptureError(429, "rate_limited", "This key sends too many requests.", retry_after=wait)
        return found

    async def _webhook(self, request: Request) -> Response:
        if request.method == "GET":
            return await self._verify_webhook(request)
        with Share(self._in_flight) as share:
            return await self._take_payload(share, request)

    async def _verify_webhook(self, request: Request) -> Response:
        """Answer the challenge with which Meta looks whether an address is that of its webhook."""
        webhook = await self._find_webhook(request, fresh=True)
        asked = request.query_params
        if asked.get("hub.mode") != "subscribe" or not webhook.is_verified_by(asked.get("hub.verify_token", "")):
            raise CaptureError(403, "not_verified", "The verify token does not belong to this address.")
        await self._ask(lambda store: store.webhooks.note_verified(webhook.key.id), _PATIENCE_SECONDS)
        return PlainTextResponse(asked.get("hub.challenge", ""))

    async def _take_payload(self, share: Share, request: Request) -> Response:
        dry_run = _is_dry_run(request)
        if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise CaptureError(
                415,
                "unsupported_encoding",
                "Send the payload without an encoding, because its signature is of the plain body.",
            )
        arriving = Body(request, self._payload_limits, share)
        webhook = await self._find_webhook(request, fresh=dry_run)
        body = await arriving.read()
        check_signature(webhook, request.headers, body)
        share.count_as_known()
        if len(body) <= START_BYTES:
            capture = read_delivery(webhook, request.headers, body)
        else:
            capture = await run_in_threadpool(read_delivery, webhook, request.headers, body)
        outcome = await self._take(capture, dry_run=dry_run)
        if capture.problem:
            return build_refusal(CaptureError(400, capture.problem.code, f"{capture.problem.message}."), outcome)
        self._counters.count_payload(webhook.system, sum(capture.unread.values()))
        return build_receipt(outcome)

    async def _find_webhook(self, request: Request, *, fresh: bool) -> Webhook:
        """Return the webhook at an address. Unless `fresh`, it may be a few seconds old: each commit checks again."""
        hook_id = request.scope["path"].rstrip("/").rpartition("/")[2]
        ask = partial(self._ask, lambda store: store.webhooks.find(hook_id), _PATIENCE_SECONDS)
        found = await self._webhooks.find(hook_id, ask, fresh=fresh)
        if found is None:
            raise CaptureError(401, "unknown_webhook", "This address is unknown or removed.")
        if wait := self._rate.wait(found.key.id):
            raise CaptureError(429, "rate_limited", "This address gets too many requests.", retry_after=wait)
        return found

    async def _read(self, numbers: Numbers, request: Request) -> Response:
        """Answer with numbers of the project of a read key."""
        found = await self._find_reader(
            request.headers.get("x-read-key", "").strip() or key_in_headers(request.headers)
        )
        project, given = Project(found.project, found.project_name), request.query_params.multi_items()
        try:
            return Answer(await run_in_threadpool(numbers, self._store(), project, given))
        except AskedWronglyError as error:
            raise CaptureError(400, "wrong_parameter", str(error)) from None

    async def _find_reader(self, key: str | None) -> ReadKey:
        if not key:
            raise CaptureError(401, "key_missing", "Send a read key (rk_…) in the header X-Read-Key.")
        found = await self._ask(lambda store: ReadKeys(store.database).find(key), _PATIENCE_SECONDS)
        if found is None:
            raise CaptureError(401, "unknown_key", "This is no read key, or it was revoked.")
        if wait := self._read_rate.wait(found.id):
            raise CaptureError(429, "rate_limited", "Too many requests with this key.", retry_after=wait)
        await self._ask(lambda store: ReadKeys(store.database).note_use(found.id), _PATIENCE_SECONDS)
        return found

    async def _health(self, _: Request) -> Response:
        await self._ask(EventStore.answers, _HEALTH_SECONDS)
        self._commits.check()
        warnings = [*([_DAMAGED] if self._store().warnings() else []), *self._beside.warnings()]
        return Answer({"status": "ok"} | ({"warnings": warnings} if warnings else {}))

    async def _ask(self, ask: Callable[[EventStore], T], seconds: float) -> T:
        """Return what the store answers within some seconds.

        Raises:
            StoreError: where it does not.
        """
        try:
            async with asyncio.timeout(seconds):
                return await to_thread.run_sync(lambda: ask(self._store()), abandon_on_cancel=True)
        except TimeoutError:
            raise StoreUnavailableError("The event store did not answer in time.") from None

    async def _metrics(self, request: Request) -> Response:
        if not (self._limits.public_metrics or _is_from_this_machine(request)):
            return await _no_such_path(request)
        now = {**self._commits.gauges(), **self._beside.gauges()}
        with contextlib.suppress(StoreError):  # what it cannot say now is left out
            now |= await self._ask(_measure_store, _HEALTH_SECONDS)
        return PlainTextResponse(self._counters.text(now), media_type="text/plain; version=0.0.4")

    async def _openapi(self, _: Request) -> Response:
        return Answer(build_description(self._limits))


async def _respond_safely(respond: Respond, request: Request) -> Response:
    """Return the response, or the response to its error; no error is left to the server."""
    try:
        return await respond(request)
    except CaptureError as error:
        return build_refusal(error)
    except StoreError as error:
        return build_refusal(store_unavailable(error))
    except ClientDisconnect:
        return build_refusal(CaptureError(400, "disconnected", "The client went away."))
    except Exception:
        log.exception("A request could not be answered")
        return build_refusal(CaptureError(503, "failed", "The request could not be answered.", retry_after=2))


def _is_dry_run(request: Request) -> bool:
    return bool(request.scope["query_string"]) and request.query_params.get("dry_run") == "1"


def _name_other_system(error: CaptureError, body: bytes) -> CaptureError:
    """Return the error of a body that is no batch, with what to do where it is a payload of another system."""
    said = name_payload(body) if error.code == "batch_missing" else None
    return CaptureError(400, "other_system", f"{said}.") if said else error


def _is_from_this_machine(request: Request) -> bool:
    """Return whether a program on this machine asked, under a name of this machine, and for nobody else."""
    asked_by = request.client is None or is_loopback(request.client.host)
    return asked_by and is_loopback(request.url.hostname or "") and not came_through_proxy(request.scope["headers"])


def _measure_store(store: EventStore) -> dict[str, float]:
    free = store.database.free_bytes
    return {"store_bytes": store.database.count_bytes(), **({} if free is None else {"store_free_bytes": free})}


def _judge_only(capture: Capture) -> Outcome:
    return next(judge_captures([capture], capture.key.project).outcomes(None))


async def _no_such_path(_: Request) -> Response:
    raise CaptureError(404, "not_found", "There is nothing at this address. Send events to POST /v1/capture.")


def _no_such_method(allowed: Sequence[str]) -> Respond:
    async def respond(_: Request) -> Response:
        response = build_refusal(
            CaptureError(405, "method_not_allowed", f"This address takes {' and '.join(allowed)}.")
        )
        response.headers["Allow"] = ", ".join(allowed)
        return response

    return respond


@contextlib.asynccontextmanager
async def running(collector: Collector) -> AsyncIterator[None]:
    """Run a collector for as long as the server lives in which it is mounted."""
    await run_in_threadpool(collector.start)
    try:
        yield
    finally:
        await run_in_threadpool(collector.stop)


def first_key_hint(store: EventStore) -> str | None:
    """Return how to make the first write key; None if there is a usable one."""
    return _NO_KEY if all(key.revoked_at for key in store.keys.all()) else None
