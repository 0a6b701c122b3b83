"""Headings: what the fields of other systems' tables are called, for people who match them and in those tables."""

from dataclasses import dataclass

from analytics.events.frame import STORED

SENT, DELIVERED, READ, FAILED, CREATED = "sentAt", "deliveredAt", "readAt", "failedAt", "createdAt"
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
        "message status, delivery status, status of message, state, last status, result, zustellstatus, estado, "
        "statut, estatus, situacao",
    ),
    SENT: Heading(
        "Sent at",
        "sent at, sent, sent time, sent date, sent on, date sent, time sent, sent timestamp, created at, created, "
        "date created, timestamp, message timestamp, date time, datetime, date, time, message time, message date, "
        "submitted at, received at, gesendet, gesendet am, enviado, enviado el, fecha de envio, fecha y hora, fecha, "
        "enviado em, data de envio, data e hora, data, datum, envoye le, date d envoi, zeitpunkt, zeit, hora",
    ),
    DELIVERED: Heading(
        "Delivered at",
        "delivered at, delivered, delivered time, delivery time, delivered date, delivered on, "
        "date delivered, delivered timestamp, delivery date, zugestellt, zugestellt am, entregado, entregado el, "
        "fecha de entrega, entregue, entregue em, data de entrega, distribue le, livre le",
    ),
    READ: Heading(
        "Read at",
        "read at, read, read time, seen at, seen, seen time, read date, read on, date read, read timestamp, opened at, "
        "gelesen, gelesen am, leido, leido el, fecha de lectura, lido, lido em, data de leitura, lu le, vu le",
    ),
    CREATED: Heading(
        "Created at",
        "created at, created, date created, created time, created on, created date, creation time, creation date, "
        "queued at, submitted at, requested at, erstellt, erstellt am, creado, creado el, criado, criado em, cree le",
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
