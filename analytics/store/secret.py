"""The store's own secret: it keys hashes that stand in addresses, so that nobody can undo them by trying."""

import secrets

from analytics.store.project_settings import ProjectSettings

_EVERY_PROJECT = -1
"""Stands in place of a project: what is set belongs to the whole store."""


def secret(settings: ProjectSettings) -> bytes:
    """Return the secret of a store, made where there is none; the same from then on.

    Raises:
        StoreError: where the store does not answer.
    """
    known = settings.of(_EVERY_PROJECT).get("secret")
    if known is None:
        settings.change(_EVERY_PROJECT, {"secret": secrets.token_hex(32)})
        known = settings.of(_EVERY_PROJECT)["secret"]  # which may be another writer's
    return bytes.fromhex(known)
