"""The store's own secret: the key of the hashes in addresses, so that nobody can find the originals by trying."""

import secrets

from analytics.store.project_settings import ProjectSettings

_EVERY_PROJECT = -1
"""The project number of settings that belong to the whole store."""


def load_secret(settings: ProjectSettings) -> bytes:
    """Return the secret of a store. It is made at the first call and never changes.

    Raises:
        StoreError: where the store does not answer.
    """
    known = settings.of(_EVERY_PROJECT).get("secret")
    if known is None:
        settings.change(_EVERY_PROJECT, {"secret": secrets.token_hex(32)})
        known = settings.of(_EVERY_PROJECT)["secret"]  # which may be another writer's
    return bytes.fromhex(known)
