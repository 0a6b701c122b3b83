"""Webhooks: addresses at which one other system delivers to one project.

A webhook is kept beside the write keys, as whoever knows its address may add events: it is revoked, noted and listed
like one, but no write key. Its id, a part of the address, and its verify token are kept as digests. The secret with
which the other system signs is needed as it is to check signatures: it is kept in the store like all else, shown to
nobody, and forgotten when the webhook is revoked.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from analytics.store.audit import What, note
from analytics.store.database import Database
from analytics.store.given_names import check_name
from analytics.store.projects import find_or_make_project
from analytics.store.tables import write_keys
from analytics.store.write_keys import DEFAULT_PROJECT, KEYS, USABLE, WriteKey, check_names, digest_key


@dataclass(frozen=True)
class NewWebhook:
    """What the other system is told of a new webhook; it is shown only once."""

    id: str
    hook_id: str
    verify_token: str


@dataclass(frozen=True)
class Webhook:
    """A usable webhook: the facts about it, the other system, and how it proves who it is."""

    key: WriteKey
    system: str
    secret: str | None
    token_digest: str

    def is_verified_by(self, token: str) -> bool:
        """Return whether this is the verify token."""
        return secrets.compare_digest(digest_key(token), self.token_digest)


class Webhooks:
    """The webhooks of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, system: str, name: str, project: str = DEFAULT_PROJECT, secret: str = "") -> NewWebhook:
        """Make a webhook for a system, to be shown once. The project is made if there is none of this name.

        `secret` is what the other system signs with; empty where it does not sign.

        Raises:
            StoreError: where a name is empty, or a name or the secret holds NUL.
        """
        name, project = check_names(name, project)
        made = NewWebhook(secrets.token_hex(4), f"wh_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(24))
        with self._database.writing() as connection:
            number = find_or_make_project(connection, project)
            connection.execute(insert(write_keys).values(
                id=made.id,
                project=number,
                name=name,
                digest=digest_key(made.hook_id),
                created_at=datetime.now(UTC),
                system=system,
                secret=check_name(secret).strip() or None,
                token_digest=digest_key(made.verify_token),
            ))  # fmt: skip
            note(connection, What.KEY_MADE, number, key=made.id, kind=system)
        return made

    def find(self, hook_id: str) -> Webhook | None:
        """Return a usable webhook; None if it is unknown or revoked."""
        query = KEYS.add_columns(write_keys.c.system, write_keys.c.secret, write_keys.c.token_digest)
        known = write_keys.c.digest == digest_key(hook_id), write_keys.c.system.is_not(None), USABLE
        with self._database.reading() as connection:
            row = connection.execute(query.where(*known)).first()
        if row is None:
            return None
        *key, system, secret, token_digest = row
        return Webhook(WriteKey(*key), system, secret, token_digest)

    def change_secret(self, key_id: str, secret: str) -> None:
        """Check signatures with another secret from now on; with none where it is empty.

        Raises:
            StoreError: where it holds NUL.
        """
        own = write_keys.c.id == key_id, write_keys.c.system.is_not(None), USABLE
        change = update(write_keys).where(*own)
        with self._database.writing() as connection:
            project = connection.scalar(select(write_keys.c.project).where(*own))
            if connection.execute(change.values(secret=check_name(secret).strip() or None)).rowcount:
                note(connection, What.SECRET_CHANGED, project, key=key_id)

    def note_verified(self, key_id: str) -> None:
        """Note that the other system has found its webhook at the address."""
        change = update(write_keys).where(write_keys.c.id == key_id, USABLE)
        with self._database.writing() as connection:
            connection.execute(change.values(verified_at=datetime.now(UTC)))
