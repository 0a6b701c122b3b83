"""Known exports: tables that widespread systems write, each with a ready matching, recognised by its columns.

Their columns are those that these systems' public references and public files show. Of WATI, Gupshup, Interakt,
respond.io and Zendesk no public reference shows the columns of a message log; these are read by names and contents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.events.tables.matching import Matching


@dataclass(frozen=True)
class KnownExport:
    """A table of a system: what it is called, the columns by which it is recognised, and how it is read."""

    name: str
    signs: frozenset[str]
    matching: Matching

    def matching_of(self, columns: Sequence[str]) -> Matching:
        """Return how a table with these columns is read; what it has not got is left away."""
        found = self.matching
        return found.model_copy(
            update={
                "columns": {
                    name: column for name, column in found.columns.items() if column in columns and name in found.fields
                },
                "left_out": {column: values for column, values in found.left_out.items() if column in columns},
            }
        )


KNOWN_EXPORTS = (
    KnownExport(
        "a message log of Twilio",
        frozenset({"From", "To", "Body", "Status", "SentDate", "Sid", "Direction", "AccountSid"}),
        Matching(
            rows="messages",
            columns={
                "sender": "From", "recipient": "To", "direction": "Direction", "status": "Status", "sentAt": "SentDate",
                "createdAt": "DateCreated", "messageId": "Sid", "hasMedia": "NumMedia", "errorCode": "ErrorCode",
            },
            values={
                "direction": {"outbound-api": "outbound", "outbound-reply": "outbound", "outbound-call": "outbound"},
                "status": {"receiving": "sent", "received": "sent", "partially_delivered": "delivered"},
            },
        ),
    ),
    KnownExport(
        "a tabular report of Kaleyra",
        frozenset({"WHATSAPP_ID", "FROM", "TO", "MESSAGE_DIRECTION", "CREATED_AT", "SENT_AT", "DELIVERED_AT"}),
        Matching(
            rows="messages",
            columns={
                "sender": "FROM", "recipient": "TO", "direction": "MESSAGE_DIRECTION", "sentAt": "SENT_AT",
                "createdAt": "CREATED_AT", "deliveredAt": "DELIVERED_AT", "readAt": "SEEN_AT", "failedAt": "FAILED_AT",
                "errorTitle": "REASON_FOR_FAILURE", "messageId": "WHATSAPP_ID", "countryCode": "COUNTRY",
                "templateId": "TEMPLATE_NAME", "contentType": "FORMAT",
            },
            values={"direction": {"true": "inbound", "false": "outbound"}},
        ),
    ),
    KnownExport(
        "a report on the records of a WhatsApp campaign of wolkvox",
        frozenset({"CAMPAIGN_ID", "TELEPHONE", "RESULT", "ERROR", "DATE", "LAST_UPDATE"}),
        Matching(
            rows="messages",
            columns={
                "userId": "TELEPHONE", "status": "RESULT", "sentAt": "DATE", "templateId": "CAMPAIGN_ID",
                "errorTitle": "ERROR",
            },
        ),
    ),
    KnownExport(
        "the table “messages” of Chatwoot",
        frozenset({"conversation_id", "message_type", "created_at", "private", "status", "sender_type", "sender_id"}),
        Matching(
            rows="messages",
            columns={
                "userId": "phone_number",
                "direction": "message_type",
                "status": "status",
                "sentAt": "created_at",
                "messageId": "source_id",
                "chatId": "conversation_id",
                "agentId": "sender_id",
                "serviceMode": "sender_type",
            },
            values={
                "direction": {"0": "inbound", "1": "outbound", "3": "outbound", "incoming": "inbound",
                              "outgoing": "outbound", "template": "outbound"},
                "status": {"0": "sent", "1": "delivered", "2": "read", "3": "failed"},
                "serviceMode": {"User": "agent", "AgentBot": "bot", "Captain::Assistant": "bot", "Contact": ""},
            },
            left_out={"private": ("t", "true", "1"), "message_type": ("2", "activity")},
        ),
    ),
)  # fmt: skip


def recognise(columns: Sequence[str]) -> KnownExport | None:
    """Return the known export that a table is, by its columns; None if it is none."""
    return next((known for known in KNOWN_EXPORTS if known.signs <= set(columns)), None)
