"""What to enter at another system, step by step, so that it delivers to a webhook."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Steps:
    """What to do at a system, in order, once its webhook is made; `secret` says where that which it signs with is."""

    title: str
    secret: str
    secret_is_needed: bool
    steps: tuple[str, ...]
    verifies: bool
    """Whether it looks at the address with a verify token before it delivers."""


STEPS: dict[str, Steps] = {
    "cloud_api": Steps(
        "WhatsApp Cloud API (Meta)",
        "The app secret of your Meta app: in the App Dashboard, App settings, Basic, App secret, Show.",
        True,
        (
            "Open your app at developers.facebook.com. Then open WhatsApp, Configuration, and edit the webhook.",
            "Enter the address as Callback URL and the verify token as Verify token. Then choose Verify and save.",
            "Under Webhook fields, subscribe to messages. If you also write in the app, add smb_message_echoes.",
            "Write to your number from a phone. The first event appears here within seconds.",
        ),
        True,
    ),
    "chatwoot": Steps(
        "Chatwoot",
        "The secret of the webhook. Chatwoot shows it after you save the webhook. If it shows none, leave this empty. "
        "Then the address is the secret.",
        False,
        (
            "In Chatwoot, open Settings, Integrations, Webhooks, and add a webhook.",
            "Enter the address as URL.",
            "Choose all events that begin with message_ or conversation_, and contact_created.",
            "If Chatwoot then shows a secret, enter it here. From then on we take only what it signs.",
            "Write in a WhatsApp inbox. The first event appears here within seconds.",
        ),
        False,
    ),
}
"""By the key of a system that can deliver."""

REACHABLE = (
    "The system must reach the address over HTTPS. If it begins with the own name of this machine, put the public name "
    "of your collector there."
)
NOT_TWICE = "Connect a number through one system only. With two, each message would count twice."
