"""What can be done, each with the role that it takes: declared here once, and refused to everybody else.

Whatever reveals something asks for its action (see `rights.py`); whatever changes something in the store is asked for
it where it is noted in the audit log, in the transaction that does it.
"""

from enum import Enum

from analytics.store.audit import What
from analytics.store.people import ROLES

VIEWER, ANALYST, OPERATOR, ADMIN = ROLES


class Action(Enum):
    """An action: the least role that may do it, and what it is, as a refusal says it."""

    SEE_REPORTS = VIEWER, "see reports"
    SEE_CONVERSATIONS = ANALYST, "see conversations"
    SEE_WAITING = ANALYST, "see who waits"
    DOWNLOAD = ANALYST, "download"
    SAVE_VIEWS = ANALYST, "change the views that all see"
    MAKE_READ_KEYS = ANALYST, "make and revoke read keys"
    SEE_SET_UP = OPERATOR, "see the set-up"
    IMPORT = OPERATOR, "import files"
    UNDO_IMPORT = OPERATOR, "undo imports"
    MEND_REJECTED = OPERATOR, "mend rejected events"
    TEST = OPERATOR, "test the integration"
    CONNECT = OPERATOR, "make and revoke connections"
    CHANGE_SETTINGS = ADMIN, "change settings"
    GIVE_ROLES = ADMIN, "say who may do what"
    READ_AUDIT = ADMIN, "read the audit log"
    BACK_UP = ADMIN, "make and restore backups"

    def __init__(self, role: str, words: str) -> None:
        self.role = role
        self.words = words

    def is_for(self, role: str | None) -> bool:
        """Return whether a role may do it; None is no role."""
        return role in ROLES and ROLES.index(role) >= ROLES.index(self.role)


CHANGES: dict[What, Action | None] = {
    What.SIGNED_IN: None,
    What.SIGNED_OUT: None,
    What.REFUSED: None,
    What.ROLE_GIVEN: Action.GIVE_ROLES,
    What.ROLE_TAKEN: Action.GIVE_ROLES,
    What.BLOCKED: Action.GIVE_ROLES,
    What.UNBLOCKED: Action.GIVE_ROLES,
    What.UNBOUND: Action.GIVE_ROLES,
    What.ENDED: Action.GIVE_ROLES,
    What.KEY_MADE: Action.CONNECT,
    What.KEY_REVOKED: Action.CONNECT,
    What.SECRET_CHANGED: Action.CONNECT,
    What.READ_KEY_MADE: Action.MAKE_READ_KEYS,
    What.READ_KEY_REVOKED: Action.MAKE_READ_KEYS,
    What.SEEN_IN_FULL: None,
    What.DOWNLOADED: Action.DOWNLOAD,
    What.IMPORTED: Action.IMPORT,
    What.IMPORT_UNDONE: Action.UNDO_IMPORT,
    What.REJECTED_TRIED_AGAIN: Action.MEND_REJECTED,
    What.VIEWS_CHANGED: Action.SAVE_VIEWS,
    What.SETTINGS_CHANGED: Action.CHANGE_SETTINGS,
    What.TEST_EVENTS_DELETED: Action.TEST,
    What.BACKED_UP: Action.BACK_UP,
    What.RESTORED: Action.BACK_UP,
}
"""What of the audit log is which action; None where nobody needs a role for it."""
