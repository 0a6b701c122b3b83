"""Headings: what the fields of other systems' tables are called, for people who match them and in those tables."""

from dataclasses import dataclass

from analytics.events.frame import STORED

SENT, DELIVERED, READ, FAILED = "sentAt", "deliveredAt", "readAt", "failedAt"
SENDER, RECIPIENT = "sender", "recipient"
TEST = "context.test"


@dataclass(frozen=True)
class Heading:
    """What a field is called: `label` for people, empty where they are not asked, and `also` in other tables."""

    label: str
    also: str = ""


HEADINGS = {column.title.removeprefix("properties."): Heading(column.label, column.also) for column in STORED} | {
    "direction": Heading(
        "From or to the customer",
        "type, message type, tipo, direccion, richtung, direcao, inbound outbound, in out, message direction, flow",
    ),
    "status": Heading(
        "Status of the message",
        "message status, delivery status, state, last status, zustellstatus, estado",
    ),
    SENT: Heading(
        "Sent at",
        "sent at, sent, sent time, sent date, sent on, created at, created, timestamp, time, date, datetime, "
        "message time, submitted at, gesendet, gesendet am, enviado, enviado el, fecha de envio, fecha, enviado em, "
        "data de envio",
    ),
    DELIVERED: Heading(
        "Delivered at",
        "delivered at, delivered, delivered time, delivery time, delivered date, delivered on, received at, "
        "zugestellt, zugestellt am, entregado, entregado el, fecha de entrega, entregue, entregue em, data de entrega",
    ),
    READ: Heading(
        "Read at",
        "read at, read, read time, seen at, seen, read date, read on, opened at, gelesen, gelesen am, leido, "
        "leido el, fecha de lectura, lido, lido em, data de leitura",
    ),
    FAILED: Heading(
        "Failed at",
        "failed at, failed time, failed date, failed on, failure time, undelivered at, fehlgeschlagen am, fallido el, "
        "fecha de fallo, falhou em, data da falha",
    ),
    SENDER: Heading("Sender’s phone", "from, from number, sender number, absender, remitente, remetente"),
    RECIPIENT: Heading("Recipient’s phone", "to, to number, recipient number, empfänger, destinatario"),
}
"""The heading of each field: of the event frame's columns, and of what such tables have besides."""

LABELS = {name: heading.label for name, heading in HEADINGS.items() if heading.label}
"""What those fields are for people that they are asked for."""
