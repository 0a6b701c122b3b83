"""What commands ask of the store: functions of the store and plain values. Nothing else is answered over loopback."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa

from analytics.store import backup
from analytics.store.backup import Backup
from analytics.store.event_store import EventStore
from analytics.store.key_check import read_part
from analytics.store.preferences import Preferences, preferences_of
from analytics.store.rows import EVENTS
from analytics.store.survey import survey
from analytics.store.tables import events
from analytics.store.webhooks import NewWebhook
from analytics.store.write_keys import WriteKey

Question = Callable[..., Any]


@dataclass(frozen=True)
class StoredProject:
    """The events of a project as rows that `event_frame` reads, and its preferences."""

    rows: pa.Table
    preferences: Preferences


def create_key(store: EventStore, name: str, project: str) -> str:
    """Return a new write key (see `WriteKeys.create`)."""
    return store.keys.create(name, project)


def list_keys(store: EventStore) -> list[WriteKey]:
    """Return all write keys and webhooks, the newest first."""
    return store.keys.all()


def create_webhook(store: EventStore, system: str, name: str, project: str, secret: str) -> NewWebhook:
    """Return a new webhook (see `Webhooks.create`)."""
    return store.webhooks.create(system, name, project, secret)


def change_secret(store: EventStore, key_id: str, secret: str) -> None:
    """Check the signatures of a webhook with another secret."""
    store.webhooks.change_secret(key_id, secret)


def revoke_key(store: EventStore, key_id: str) -> None:
    """Revoke a write key or a webhook at once."""
    store.keys.revoke(key_id)


def read_project(store: EventStore, project: int) -> StoredProject:
    """Return the events of a project and its preferences."""
    with store.database.reading() as connection:
        rows = store.database.read(connection, EVENTS.where(events.c.project == project))
    return StoredProject(rows, preferences_of(store.settings, project))


def back_up(store: EventStore, target: Path) -> Backup:
    """Write a backup to a new file (see `backup.back_up`), in the process that holds the store."""
    return backup.back_up(store.database, target)


QUESTIONS: dict[str, Question] = {
    question.__qualname__: question
    for question in (
        EventStore.projects,
        EventStore.project,
        EventStore.create_project,
        EventStore.imports,
        EventStore.add_import,
        EventStore.undo_import,
        create_key,
        list_keys,
        create_webhook,
        change_secret,
        revoke_key,
        read_project,
        survey,
        read_part,
        back_up,
    )
}
"""Every question by its name."""


def kinds_of(question: Question) -> dict[str, Any]:
    """Return the kind of each parameter of a question, but for the store."""
    hints = get_type_hints(question)
    return {name: hints[name] for name in list(inspect.signature(question).parameters)[1:]}


def kind_of_answer(question: Question) -> Any:
    """Return the kind of what a question returns."""
    return get_type_hints(question)["return"]
