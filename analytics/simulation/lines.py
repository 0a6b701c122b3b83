"""How traffic is written down: rows to lines of NDJSON in the format of the integration guide."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from analytics.simulation.audience import Audience, Ints, scramble
from analytics.simulation.damage import damage
from analytics.simulation.row import (
    AGENT,
    AGENT_SENT,
    AGENTS,
    BOT,
    BOT_SENT,
    BY_AGENT,
    BY_BOT,
    BY_SILENCE,
    CAMPAIGN_SENT,
    IMPORTED,
    MET,
    NOTICE_SENT,
    TO_AGENT,
    TO_BOT,
    Kind,
    Rows,
)


def write(rows: Rows, audience: Audience, seed: int) -> list[str]:
    """Return the line of each row, without its newline."""
    lines = np.empty(len(rows), object)
    for kind, spell in _SPELLINGS.items():
        places = np.flatnonzero(rows["kind"] == kind)
        if len(places):
            lines[places] = spell(_Columns(rows[places], audience, seed))
    for place in np.flatnonzero(rows["bad"]).tolist():
        lines[place] = damage(lines[place], Kind(rows["kind"][place]), int(rows["bad"][place]))
    written: list[str] = lines.tolist()
    return written


class _Columns:
    """What the lines of rows of one kind are put together from: lists with a value a row."""

    def __init__(self, rows: Rows, audience: Audience, seed: int) -> None:
        self._rows = rows
        self._audience = audience
        self._seed = seed
        self._users: Ints = rows["user"].astype(np.int64)
        self.phones = audience.phones(self._users).tolist()
        self.times = np.datetime_as_string(rows["time"].astype("M8[ms]")).tolist()
        self.modes = self.spell("mode", _MODES)
        self.agents = self.spell("agent", _AGENTS)

    def chats(self) -> list[str]:
        topics = self.spell("chat", _TOPICS)
        return [f"chat_{user}{topic}" for user, topic in zip(self._users.tolist(), topics, strict=True)]

    def messages(self) -> list[int]:
        ids: list[int] = scramble(self._rows["number"], self._seed).tolist()
        return ids

    def numbers(self, name: str) -> list[int]:
        numbers: list[int] = self._rows[name].tolist()
        return numbers

    def spell(self, name: str, wordings: Mapping[int, str]) -> list[str]:
        return [wordings[code] for code in self._rows[name].tolist()]

    def countries(self) -> list[str]:
        """Return the property where `detail` is 1, nothing elsewhere."""
        codes = zip(self._audience.countries(self._users), self.numbers("detail"), strict=True)
        return [f',"countryCode":"{country}"' if stated else "" for country, stated in codes]

    def names(self) -> list[str]:
        return self._audience.names(self._users)


def _spell_created(of: _Columns) -> list[str]:
    columns = zip(
        of.phones,
        of.times,
        of.chats(),
        of.names(),
        of.spell("content", _SOURCES),
        of.countries(),
        strict=True,
    )
    return [
        f'{{"type":"track","event":"contact.created","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{_CRM},"properties":{{"chatId":"{chat}","name":"{name}","source":"{source}"{country}}}}}'
        for phone, at, chat, name, source, country in columns
    ]


def _spell_received(of: _Columns) -> list[str]:
    contents = of.spell("content", _RECEIVED)
    columns = zip(of.phones, of.times, of.messages(), of.chats(), contents, of.modes, of.countries(), strict=True)
    return [
        f'{{"type":"track","event":"message.received","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{{"channel":"whatsapp"}},"properties":{{"messageId":"wamid.{message:016X}",'
        f'"chatId":"{chat}","direction":"inbound","contentType":{content}{mode}{country}}}}}'
        for phone, at, message, chat, content, mode, country in columns
    ]


def _spell_sent(of: _Columns) -> list[str]:
    contents = of.spell("content", _SENT)
    columns = zip(of.phones, of.times, of.messages(), of.chats(), contents, of.agents, of.modes, strict=True)
    return [
        f'{{"type":"track","event":"message.sent","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{{"channel":"whatsapp"}},"properties":{{"messageId":"wamid.{message:016X}",'
        f'"chatId":"{chat}","direction":"outbound","contentType":{content}{agent}{mode}}}}}'
        for phone, at, message, chat, content, agent, mode in columns
    ]


def _spell_delivered(of: _Columns) -> list[str]:
    return _spell_status(of, "message.delivered", "deliveredAt")


def _spell_read(of: _Columns) -> list[str]:
    return _spell_status(of, "message.read", "readAt")


def _spell_failed(of: _Columns) -> list[str]:
    return _spell_status(of, "message.failed", "failedAt", of.spell("content", _ERRORS))


def _spell_status(of: _Columns, event: str, dated: str, errors: Sequence[str] = ()) -> list[str]:
    errors = errors or [""] * len(of.phones)
    columns = zip(of.phones, of.times, of.messages(), of.numbers("detail"), errors, of.modes, strict=True)
    return [
        f'{{"type":"track","event":"{event}","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{{"channel":"whatsapp"}},"properties":{{"messageId":"wamid.{message:016X}"'
        + (f',"{dated}":"{at}Z"' if stated else "")
        + f"{error}{mode}}}}}"
        for phone, at, message, stated, error, mode in columns
    ]


def _spell_handoff(of: _Columns) -> list[str]:
    reasons, steps = of.spell("content", _REASONS), of.spell("detail", _STEPS)
    directions = of.spell("number", _DIRECTIONS)
    columns = zip(of.phones, of.times, of.chats(), directions, of.agents, reasons, steps, of.modes, strict=True)
    return [
        f'{{"type":"track","event":"agent.handoff","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{{"channel":"whatsapp"}},"properties":{{"chatId":"{chat}",{direction}{agent},'
        f'"handoffReason":"{reason}"{step}{mode}}}}}'
        for phone, at, chat, direction, agent, reason, step, mode in columns
    ]


def _spell_assigned(of: _Columns) -> list[str]:
    return [
        f'{{"type":"track","event":"chat.assigned","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{_CRM},"properties":{{"chatId":"{chat}"{agent}{mode}}}}}'
        for phone, at, chat, agent, mode in zip(of.phones, of.times, of.chats(), of.agents, of.modes, strict=True)
    ]


def _spell_resolved(of: _Columns) -> list[str]:
    ends, counts, tenths = of.spell("content", _RESOLUTIONS), of.numbers("number"), of.numbers("tenths")
    columns = zip(of.phones, of.times, of.chats(), of.agents, ends, counts, tenths, of.modes, strict=True)
    return [
        f'{{"type":"track","event":"chat.resolved","userId":"+{phone}","timestamp":"{at}Z",'
        f'"context":{_CRM},"properties":{{"chatId":"{chat}"{agent},"resolutionType":"{end}",'
        f'"messageCount":{count},"durationMinutes":{tenth / 10}{mode}}}}}'
        for phone, at, chat, agent, end, count, tenth, mode in columns
    ]


def _number_words(groups: Mapping[int, str]) -> dict[int, str]:
    """Number the words of each group from where the group begins."""
    return {first + index: word for first, words in groups.items() for index, word in enumerate(words.split())}


def _number_templates(first: int, names: str) -> dict[int, str]:
    return {first + index: f'"template","templateId":"{name}"' for index, name in enumerate(names.split())}


_SPELLINGS: Final[Mapping[Kind, Callable[[_Columns], list[str]]]] = {
    Kind.CREATED: _spell_created,
    Kind.RECEIVED: _spell_received,
    Kind.HANDOFF: _spell_handoff,
    Kind.ASSIGNED: _spell_assigned,
    Kind.SENT: _spell_sent,
    Kind.DELIVERED: _spell_delivered,
    Kind.READ: _spell_read,
    Kind.FAILED: _spell_failed,
    Kind.RESOLVED: _spell_resolved,
}
_CRM = '{"channel":"whatsapp","library":{"name":"crm-whatsapp","version":"1.0.0"}}'
_MODES = {0: "", BOT: ',"serviceMode":"bot"', AGENT: ',"serviceMode":"agent"'}
_DIRECTIONS = {AGENT: '"fromMode":"bot","toMode":"agent"', BOT: '"fromMode":"agent","toMode":"bot"'}
_AGENTS = {0: ""} | {number: f',"agentId":"agent_{number:02}"' for number in range(1, AGENTS + 1)}
_TOPICS = {0: "", 1: "_orders", 2: "_support"}
_SOURCES = _number_words({MET: "organic ads referral website", IMPORTED: "import import ads website"})
_REASONS = _number_words(
    {
        TO_AGENT: "user_request bot_not_understood payment_problem complaint high_value out_of_scope",
        TO_BOT: "issue_solved after_hours routine_question",
    }
)
_STEPS = {0: ""} | {
    index: f',"journeyStep":"{step}"'
    for index, step in enumerate(["order_status", "payment_issue", "delivery", "main_menu", "returns"], 1)
}
_RESOLUTIONS = _number_words(
    {
        BY_BOT: "self_served resolved expired",
        BY_AGENT: "resolved escalated duplicate",
        BY_SILENCE: "no_response",
    }
)
_ERRORS = {
    index: f',"errorCode":"{code}","errorTitle":"{title}"' if code else ""
    for index, (code, title) in enumerate(
        [
            ("131026", "Message undeliverable"),
            ("131049", "Not delivered to maintain healthy ecosystem engagement"),
            ("131047", "Re-engagement message"),
            ("131053", "Media upload error"),
            ("", ""),
        ]
    )
}
_RECEIVED = dict(
    enumerate(
        [
            '"text","hasMedia":false',
            '"image","hasMedia":true',
            '"audio","hasMedia":true',
            '"interactive","hasMedia":false',
            '"text"',
            '"document","hasMedia":true',
            '"video","hasMedia":true',
            '"location","hasMedia":false',
        ]
    )
)


_BOT_SENT = [
    '"text"',
    '"interactive"',
    '"template","templateId":"welcome_v2"',
    '"image"',
    '"template","templateId":"faq_menu"',
]
_AGENT_SENT = ['"text"', '"document"', '"image"', '"template","templateId":"follow_up"', '"audio"']
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SENT = (
    dict(enumerate(_BOT_SENT, BOT_SENT))
    | dict(enumerate(_AGENT_SENT, AGENT_SENT))
    | _number_templates(NOTICE_SENT, "order_update appointment_reminder payment_receipt")
    | _number_templates(CAMPAIGN_SENT, " ".join(f"promo_{month}" for month in _MONTHS))
)
