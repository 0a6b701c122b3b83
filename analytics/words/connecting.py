"""What *Connections* says: what a connection is, what it still needs, and what making or revoking one does."""

INTRODUCTION = (
    "Here you say who sends events. Your own program, such as your CRM, sends with a connection key (write key). "
    "WhatsApp and Chatwoot deliver to an address of their own (webhook). Each connection adds events to one project "
    "and cannot read anything. Give each sender its own connection. Then you can see which one sends, and revoke one "
    "alone."
)
ALL_REVOKED = (
    "All connections are revoked, so no connection can be used. Make a new one, and give it to the system that sends "
    "your events."
)
NONE_YET = (
    "There is no connection yet. Make one, and give it to the system that sends your events. *Test the integration* "
    "shows the events as they arrive."
)
UNSIGNED = "Enter the secret. Without it nobody can tell who sends."
UNSIGNED_BY_META = "Enter the app secret. Without it nobody can tell whether Meta sent an event."
NAME_HELP = "The name of the program or of the phone number that sends with it."
PROJECT_HELP = "Events of one project are counted together. Type a new name to start a new project."
COPY_KEY = "**Copy it now. We show it only this once** and keep only its fingerprint."
COPY_WEBHOOK = "**Copy this now. We show it only this once** and keep only its fingerprint."


def confirm_revoking(name: str) -> str:
    """Return what revoking a connection does; `name` is escaped."""
    return (
        f"**Revoke “{name}”?** From now on nobody can send with it. All events that it sent stay. You cannot undo this."
    )
