"""Foreign words: what the words in other systems' tables mean in ours, by field."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from analytics.events.frame import CATEGORY_OF_FLAGS, FLAG, STORED
from analytics.events.tables.country_words import country_codes, country_words
from analytics.events.tables.plain import plain

NOTHING = ""
"""What a word means that says nothing."""

FLAGS = tuple(
    source.removeprefix("properties.")
    for column in STORED
    if column.kind in (CATEGORY_OF_FLAGS, FLAG)
    for source in column.sources
)
"""The fields that are true or false."""

_WORDS = {
    "direction": {
        "inbound": "in, incoming, received, i, entrada, eingang, customer, from customer, mo, entrante, eingehend, "
        "user, message_in, inbound message, incoming message, contact, client, recibido, empfangen, recu, entrant, "
        "recebido, recebida, true incoming, whatsapp in",
        "outbound": "out, outgoing, sent, o, salida, ausgang, saida, agent, business, to customer, mt, saliente, "
        "ausgehend, bot, message_out, outbound_api, outbound_reply, outbound_call, outbound message, outgoing message, "
        "company, operator, enviado, enviada, gesendet, envoye, sortant, template, echo, whatsapp out",
    },
    "serviceMode": {
        "bot": "self serve, self-serve, selfserve, automation, automated, flow, chatbot, agentbot, agent bot, system",
        "agent": "assisted, human, person, live agent, manual, user, operator",
        NOTHING: "contact, customer, client",
    },
    "status": {
        "sent": "accepted, queued, submitted, pending, enqueued, sending, scheduled, processing, in progress, "
        "gesendet, enviado, enviada, envoye",
        "delivered": "received, delivered_to_device, delivered to device, zugestellt, entregado, entregue, distribue, "
        "livre, receiving",
        "read": "seen, opened, viewed, gelesen, leido, lido, lu, vu, replied, answered, clicked, beantwortet, "
        "respondido, repondu",
        "failed": "error, undelivered, rejected, expired, not delivered, bounced, deleted, canceled, cancelled, "
        "undeliverable, fehlgeschlagen, fallido, falhou, echec, echoue, nicht zugestellt, no entregado, invalid",
    },
    "event": {
        "message.received": "received, inbound, incoming, incoming message, message in, message received, "
        "inbound message",
        "message.sent": "sent, outbound, outgoing, outgoing message, message out, message sent, outbound message",
        "message.delivered": "delivered, delivery, message delivered",
        "message.read": "read, seen, opened, message read, message seen",
        "message.failed": "failed, undelivered, not delivered, bounced, message failed, delivery failed",
        "contact.created": "contact created, new contact, contact, lead created, new lead",
        "chat.assigned": "assigned, assignment, chat assigned, conversation assigned, agent assigned",
        "chat.resolved": "resolved, closed, chat resolved, conversation resolved, chat closed, conversation closed",
        "agent.handoff": "handoff, handover, escalated, transfer, agent handoff, bot handoff, hand off",
    },
    **{
        name: {
            "true": "yes, y, 1, si, ja, oui, sim, t, wahr, verdadero, vrai",
            "false": "no, n, 0, nein, non, nao, f, falsch, falso, faux",
        }
        for name in FLAGS
    },
}

FIELDS_OF_WORDS = tuple(_WORDS)
"""The fields whose words people are asked for where nobody knows them."""


def words_of_field(name: str) -> tuple[str, ...]:
    """Return our words of a field, none for a field of any texts."""
    if name == "countryCode":
        return country_codes()
    return tuple(word for word in _WORDS.get(name, {}) if word)


@cache
def known_meanings(name: str) -> Mapping[str, str]:
    """Return our word for each word that others use in a field; theirs are reduced to lower-case letters and digits."""
    if name == "countryCode":
        return country_words()
    found = {
        plain(also): word for word, more in _WORDS.get(name, {}).items() for also in [word, *more.split(",")] if also
    }
    return MappingProxyType(found)
