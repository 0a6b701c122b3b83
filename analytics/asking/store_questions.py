"""What commands ask of the store: functions of the store and plain values. Nothing else is answered over loopback."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
from sqlalchemy import delete

from analytics.store import backup
from analytics.store.audit import Entry, Wanted, What, list_entries, note, note_alone
from analytics.store.backup import Backup
from analytics.store.customers import LINKS
from analytics.store.event_store import EventStore
from analytics.store.key_check import read_part
from analytics.store.people import People, Person
from analytics.store.preferences import Preferences, preferences_of
from analytics.store.read_keys import ReadKey, ReadKeys
from analytics.store.rows import EVENTS
from analytics.store.survey import survey
from analytics.store.tables import events, links, sign_ins
from analytics.store.webhooks import NewWebhook
from analytics.store.write_keys import WriteKey

Question = Callable[..., Any]


@dataclass(frozen=True)
class StoredProject:
    """The events and links of a project as rows that `event_frame` and `links_frame` read, and its preferences."""

    rows: pa.Table
    links: pa.Table
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
    """Return the events of a project, its links, and its preferences."""
    with store.database.reading() as connection:
        rows = store.database.read(connection, EVENTS.where(events.c.project == project))
        known = store.database.read(connection, LINKS.where(links.c.project == project))
    return StoredProject(rows, known, preferences_of(store.settings, project))


def back_up(store: EventStore, target: Path) -> Backup:
    """Write a backup to a new file (see `backup.back_up`), in the process that holds the store."""
    made = backup.back_up(store.database, target)
    note_alone(store.database, What.BACKED_UP)
    return made


def create_read_key(store: EventStore, name: str, project: str) -> str:
    """Return a new read key (see `ReadKeys.create`)."""
    return ReadKeys(store.database).create(name, project)


def list_read_keys(store: EventStore) -> list[ReadKey]:
    """Return all read keys, the newest first."""
    return ReadKeys(store.database).all()


def revoke_read_key(store: EventStore, key_id: str) -> None:
    """Revoke a read key at once."""
    ReadKeys(store.database).revoke(key_id)


def list_people(store: EventStore) -> list[Person]:
    """Return everybody who may sign in."""
    return People(store.database).all()


def grant_role(store: EventStore, email: str, role: str, project: str, *, sees_in_full: bool) -> Person:
    """Give somebody a role in a project (see `People.grant`)."""
    return People(store.database).grant(email, role, project, sees_in_full=sees_in_full)


def withdraw_role(store: EventStore, email: str, project: int) -> None:
    """Take somebody's role in a project."""
    People(store.database).withdraw(email, project)


def block_person(store: EventStore, email: str) -> None:
    """Sign somebody out everywhere and keep them out."""
    People(store.database).block(email)


def unblock_person(store: EventStore, email: str) -> None:
    """Let somebody in again."""
    People(store.database).unblock(email)


def unbind_person(store: EventStore, email: str) -> None:
    """Let whoever next signs in with an e-mail address be the person."""
    People(store.database).unbind(email)


def sign_out_person(store: EventStore, email: str) -> int:
    """End all sessions of somebody, and return how many there were."""
    return People(store.database).sign_out(email)


def list_audit(store: EventStore, wanted: Wanted) -> list[Entry]:
    """Return the entries of the audit log that are asked for, the newest first."""
    return list_entries(store.database, wanted)


def settle_restored(store: EventStore) -> None:
    """Note in a copy that it was restored, and let nobody in by a session that it still knows: it may have ended."""
    with store.database.writing() as connection:
        connection.execute(delete(sign_ins))
        note(connection, What.RESTORED)


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
        create_read_key,
        list_read_keys,
        revoke_read_key,
        list_people,
        grant_role,
        withdraw_role,
        block_person,
        unblock_person,
        unbind_person,
        sign_out_person,
        list_audit,
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
