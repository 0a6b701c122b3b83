"""Tables of messages as real systems write them, in many variations: headings, words, times, separators, encodings."""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

HEADINGS = {
    "time": [
        "Date",
        "Sent At",
        "sent_at",
        "Timestamp",
        "Created at",
        "Gesendet am",
        "Fecha",
        "Enviado em",
        "Zeitpunkt",
    ],
    "phone": [
        "Phone",
        "Phone Number",
        "Contact",
        "customer_phone",
        "Telefon",
        "Teléfono",
        "Telefone",
        "WA ID",
        "Mobile",
    ],
    "direction": ["Direction", "direction", "Richtung", "Dirección", "Direção", "In/Out", "Flow", "Whatever", "x"],
    "text": ["Message", "Text", "Body", "Nachricht", "Mensaje", "Mensagem", "Content", "Message text", "message"],
    "agent": ["Agent", "Sent By", "Assignee", "Mitarbeiter", "Agente", "Operator", "agent_name", "Atendente"],
    "status": ["Status", "Message Status", "delivery_status", "Zustellstatus", "Estado"],
    "delivered": ["Delivered At", "delivered_at", "Delivery time", "Zugestellt", "Entregado", "Entregue em"],
    "read": ["Read At", "read_at", "Seen at", "Gelesen am", "Leído", "Lido em"],
    "id": ["Message ID", "message_id", "Id", "Message Sid", "wamid"],
    "country": ["Country", "country", "Country Code", "countryCode"],
}
IN = ["in", "incoming", "Inbound", "received", "IN", "eingehend", "entrante", "recebida", "customer", "MO"]
OUT = ["out", "outgoing", "Outbound", "sent", "OUT", "ausgehend", "saliente", "enviada", "agent", "MT"]
STATUSES = {
    "sent": ["Sent", "sent", "SENT", "gesendet", "enviado", "Submitted", "accepted"],
    "delivered": ["Delivered", "delivered", "DELIVERED", "zugestellt", "entregado", "entregue"],
    "read": ["Read", "read", "Seen", "gelesen", "leído", "lido", "Replied", "Opened"],
    "failed": ["Failed", "failed", "undelivered", "fehlgeschlagen", "Error", "rejected"],
}
NOTHING = ["", "-", "–", "N/A", "n/a", "null", "None", "nan", "#N/A", " ", "NULL"]
TIMES = [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S+00", "%Y-%m-%d %H:%M:%S UTC", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y, %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S +0000", "%B %d, %Y, %I:%M:%S %p", "%d %b %Y %H:%M:%S",
    "%Y%m%dT%H%M%SZ", "%Y/%m/%d %H:%M:%S",
]  # fmt: skip
TEXTS = [
    "ok",
    "Hi",
    "hello??",
    "are you open?",
    "until 18:00",
    "1",
    "Hello, how can I help?",
    "yes; no",
    "ok",
    "gracias",
]
AGENTS = ["Ana", "Ben Okoro", "carl@shop.example", "María"]
BOTS = ["Bot", "Chatbot", "System", "Automation", "bot", "SYSTEM"]
NAMES_OF_COUNTRIES = {
    "KE": ["Kenya", "Kenia", "Quénia", "254", "+254", "KEN", "KE", "ke"],
    "IN": ["India", "Indien", "Inde", "Índia", "91", "IND", "IN"],
    "DE": ["Germany", "Deutschland", "Alemania", "Allemagne", "Alemanha", "49", "DEU", "DE"],
}


@dataclass
class Message:
    """A message, as it happened."""

    time: datetime
    phone: str
    inbound: bool
    text: str = "ok"
    agent: str = ""
    bot: bool = False
    status: str = ""
    delivered: datetime | None = None
    read: datetime | None = None
    id: str = ""
    country: str = ""
    more: dict[str, str] = field(default_factory=dict)


def conversation(chance, count=40):
    """Messages of some customers and a team, some of them in the same minute, the first day being the 20th."""
    time = datetime(2026, 1, 20, 6, 30, tzinfo=UTC)
    found = []
    for number in range(count):
        time += timedelta(seconds=chance.choice([60, 60, 300, 3_900, 90_000]))
        inbound = chance.random() < 0.5
        phone = f"+2547000000{chance.randrange(10, 20)}"
        agent = "" if inbound else chance.choice(AGENTS)
        found.append(Message(time, phone, inbound, chance.choice(TEXTS), agent, id=f"wamid.{number}"))
    return found


class Writer:
    """Writes messages as a table in one of many styles, with the columns that are asked for."""

    def __init__(self, chance, encoding="utf-8"):
        self.chance, self.encoding = chance, encoding
        self.form = chance.choice(TIMES)
        self.separator = chance.choice(",;\t|")
        self.words = {"in": self.one_of(IN), "out": self.one_of(OUT)}
        self.statuses = {status: self.one_of(words) for status, words in STATUSES.items()}
        self.names = {name: self.one_of(words) for name, words in HEADINGS.items()}

    def one_of(self, words):
        """One of those that can be written in the encoding."""
        return self.chance.choice(
            [word for word in words if word.encode(self.encoding, "ignore").decode(self.encoding) == word]
        )

    def nothing(self):
        return self.one_of(NOTHING)

    def when(self, time):
        return time.strftime(self.form) if time else self.nothing()

    def cell(self, message, column):
        if column in ("time", "delivered", "read"):
            return self.when(getattr(message, column))
        if column == "direction":
            return self.words["in" if message.inbound else "out"]
        if column == "status":
            return self.statuses.get(message.status) or self.nothing()
        if column == "country":
            return self.one_of(NAMES_OF_COUNTRIES[message.country]) if message.country else self.nothing()
        return message.more[column] if column in message.more else getattr(message, column) or self.nothing()

    def table(self, messages, columns):
        """The table as bytes; its columns stand in any order."""
        columns = self.chance.sample(columns, len(columns))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator)
        writer.writerow([self.names.get(column, column) for column in columns])
        writer.writerows([self.cell(message, column) for column in columns] for message in messages)
        return text.getvalue().encode(self.encoding)
