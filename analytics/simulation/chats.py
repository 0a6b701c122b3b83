"""What happens: conversations, message by message, as rows of numbers not yet written out.

All conversations of a slice of time are played side by side, one turn at a time: the customers write, some are passed
on to people, somebody replies, and some customers go on. Arrays hold all conversations; there is no loop over them.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.simulation.audience import MARKETS, QUARTER_MS, QUARTERS, Audience, Floats, Ints
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
    NOBODY,
    NOTICE_SENT,
    ROW,
    TO_AGENT,
    TO_BOT,
    Kind,
    Rows,
)
from analytics.simulation.team import Team

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000
_NEVER = 2**62
_TURNS = 9
_RETURNING = 0.78
_LISTED = 0.95  # whom campaigns are sent to are customers already, but for some
_NOTICES = 0.07


class Traffic:
    """Conversations of an audience with a team, slice after slice of time."""

    def __init__(self, audience: Audience, rng: np.random.Generator) -> None:
        self.audience = audience
        self.rng = rng
        self.team = Team(rng)
        self._messages = 0

    def conversations(self, count: int, activity: Floats, midnight: int) -> Rows:
        """Return the rows of `count` conversations, in no order.

        They begin when `activity` (markets by quarter hours of the day beginning at `midnight`, in ms) says.
        """
        if not count:
            return np.empty(0, ROW)
        talks, fresh = self._gather(count, _RETURNING, activity, midnight)
        talks.introduce(fresh, MET)
        noticed = self.rng.random(count) < _NOTICES
        answering = talks.reach_out(np.flatnonzero(noticed), NOTICE_SENT, attention=0.6, answering=0.15)
        talks.play(np.concatenate([np.flatnonzero(~noticed), answering]))
        return self._finish(talks)

    def campaign(self, count: int, activity: Floats, midnight: int, month: int) -> Rows:
        """Return the rows of a campaign to `count` users, with the conversations of the few who answer."""
        if not count:
            return np.empty(0, ROW)
        talks, fresh = self._gather(count, _LISTED, activity, midnight)
        talks.introduce(fresh, IMPORTED)
        template = CAMPAIGN_SENT + month - 1
        talks.play(talks.reach_out(np.arange(count), template, attention=0.45, answering=0.04))
        return self._finish(talks)

    def number(self, count: int) -> Ints:
        """Return the numbers of the next `count` messages."""
        self._messages += count
        return np.arange(self._messages - count, self._messages)

    def _gather(self, count: int, known: float, activity: Floats, midnight: int) -> "tuple[Conversations, Ints]":
        """Return new conversations, the share `known` with users met before, and which are with new ones."""
        weights = activity.sum(axis=1)
        first_minute = midnight // _MINUTE + 15 * int(np.flatnonzero(activity.sum(axis=0))[0])
        met = self.audience.returning(self.rng.binomial(count, known), weights, first_minute)
        markets = self.rng.choice(len(MARKETS), count - len(met), p=weights / weights.sum())
        users = np.concatenate([met, self.audience.meet(markets)])
        starts = midnight + self._moments(self.audience.market(users), activity)
        return Conversations(self, users, starts), np.arange(len(met), count)

    def _moments(self, markets: Ints, activity: Floats) -> Ints:
        """Return a time of the day in ms for each of `markets`, drawn by its row of `activity`."""
        reached = activity.cumsum().reshape(activity.shape)
        before = reached[:, 0] - activity[:, 0]
        drawn = before[markets] + self.rng.random(len(markets)) * (reached[:, -1] - before)[markets]
        quarter = reached.ravel().searchsorted(drawn, side="right") - markets * QUARTERS
        return quarter.clip(0, QUARTERS - 1) * QUARTER_MS + self.rng.integers(0, QUARTER_MS, len(markets))

    def _finish(self, talks: "Conversations") -> Rows:
        self.audience.occupy(talks.user, talks.now // _MINUTE + 60)
        return talks.rows()


class Conversations:
    """Conversations going on side by side. `on` and `who` are indices of some of them.

    `now` is the time (ms) up to which each has been played; everything a method adds comes after it.
    """

    def __init__(self, traffic: Traffic, users: Ints, starts: Ints) -> None:
        self.user = users
        self.now = starts
        self._traffic = traffic
        self._audience = traffic.audience
        self._team = traffic.team
        self._rng = traffic.rng
        self._started_at = starts.copy()
        self._chat = (self._rng.random(len(users)) * self._audience.chats(users)).astype(np.uint8)
        self._mode = np.full(len(users), BOT, np.uint8)
        self._agent = np.zeros(len(users), np.int64)
        self._message_counts = np.zeros(len(users), np.int64)
        self._rows: list[Rows] = []

    def introduce(self, who: Ints, source: int) -> None:
        """Add the contacts of new users."""
        self._chat[who] = 0
        drawn = source + self._pick(who, 0.5, 0.3, 0.12)
        self._add(Kind.CREATED, who, content=drawn, detail=self._whether(who, 0.85))
        self.now[who] += self._around(who, 0.4 * _SECOND, 0.8)

    def reach_out(self, who: Ints, template: int, *, attention: float, answering: float) -> Ints:
        """Write to users who did not ask; return those who answer."""
        answers = self._rng.random(len(who)) < answering
        answered = np.where(answers, self.now[who] + self._around(who, 35 * _MINUTE, 1.3), _NEVER)
        content = template + (self._pick(who, 0.5, 0.3) if template == NOTICE_SENT else 0)
        self._send(who, content, answered, attention)
        self.now[who] = np.where(answers, answered, self.now[who])
        return who[answers]

    def play(self, on: Ints) -> None:
        """Let the customers of `on` write, and play their conversations to the end."""
        for _ in range(_TURNS):
            if not len(on):
                return
            self._write(on)
            self._transfer(on)
            on = self._reply(on)
        self._close(on)

    def rows(self) -> Rows:
        """Return everything that happened, in no order."""
        return np.concatenate(self._rows) if self._rows else np.empty(0, ROW)

    def _write(self, on: Ints) -> None:
        """Add one to four messages of each customer."""
        more = self._pick(on, 0.68, 0.21, 0.08)
        self._receive(on)
        for already in range(3):
            on, more = on[more > already], more[more > already]
            self.now[on] += self._around(on, 11 * _SECOND, 0.8)
            self._receive(on)

    def _transfer(self, on: Ints) -> None:
        """Pass some conversations on: from the bot to an agent, from one agent to another or to the bot."""
        drawn = self._rng.random(len(on))
        by_bot = self._mode[on] == BOT
        self._to_agent(on[by_bot & (drawn < 0.16)])
        self._reassign(on[~by_bot & (drawn < 0.05)])
        self._to_bot(on[~by_bot & (drawn > 0.96)])

    def _to_agent(self, on: Ints) -> None:
        self.now[on] += self._around(on, 2 * _SECOND, 0.4)
        announced = on[self._rng.random(len(on)) < 0.35]
        self._send(announced, BOT_SENT, np.full(len(announced), _NEVER), 0.8)
        self._agent[on] = self._team.members(len(on))
        self._mode[on] = AGENT
        self.now[on] += self._around(on, 0.5 * _SECOND, 0.4)
        reason, step = self._pick(on, 0.42, 0.22, 0.14, 0.1, 0.06), self._pick(on, 0.1, 0.3, 0.25, 0.2, 0.1)
        named = self._agent[on] * self._whether(on, 0.35)
        self._add(Kind.HANDOFF, on, number=AGENT, content=TO_AGENT + reason, detail=step, agent=named, modes=0.5)
        self._assign(on[self._rng.random(len(on)) < 0.88])

    def _reassign(self, on: Ints) -> None:
        self._agent[on] = 1 + (self._agent[on] + self._rng.integers(0, AGENTS - 1, len(on))) % AGENTS
        self._assign(on)

    def _assign(self, on: Ints) -> None:
        self.now[on] += self._around(on, 15 * _SECOND, 1.1)
        self._add(Kind.ASSIGNED, on, agent=self._agent[on], modes=0.5)

    def _to_bot(self, on: Ints) -> None:
        self.now[on] += self._around(on, 4 * _MINUTE, 1.0)
        named = self._agent[on] * self._whether(on, 0.5)
        self._mode[on] = BOT
        reason = TO_BOT + self._pick(on, 0.6, 0.3)
        self._add(Kind.HANDOFF, on, number=BOT, content=reason, agent=named, modes=0.5)
        self._agent[on] = NOBODY

    def _reply(self, on: Ints) -> Ints:
        """Answer, or leave the customer waiting; return the conversations in which the customer goes on."""
        silent = self._rng.random(len(on)) < np.where(self._mode[on] == AGENT, 0.06, 0.025)
        self._abandon(on[silent])
        on = on[~silent]
        human = self._mode[on] == AGENT
        slow = self._team.delays(self._agent[on], self.now[on])
        delay = np.where(human, slow, _SECOND + self._around(on, 1.5 * _SECOND, 0.7))
        self._ask_again(on[human], delay[human])
        self.now[on] += delay
        goes_on = self._rng.random(len(on)) < np.where(human, 0.47, 0.41)
        self._speak(on, goes_on)
        self._close(on[~goes_on])
        return on[goes_on]

    def _ask_again(self, on: Ints, delay: Ints) -> None:
        """Let some customers write once more while they wait for an agent."""
        impatient = (delay > 10 * _MINUTE) & (self._rng.random(len(on)) < 0.25)
        on = on[impatient]
        self._receive(on, (delay[impatient] * (0.2 + 0.7 * self._rng.random(len(on)))).astype(np.int64))

    def _speak(self, on: Ints, goes_on: NDArray[np.bool_]) -> None:
        """Send one message or two, and let time pass until the customer writes again where it `goes_on`."""
        human = self._mode[on] == AGENT
        twice = self._rng.random(len(on)) < 0.3
        second = self.now[on] + self._around(on, np.where(human, 25, 3) * _SECOND, 0.7)
        last = np.where(twice, second, self.now[on])
        pause = self._around(on, np.where(human, 150, 45) * _SECOND, 1.3)
        answered = np.where(goes_on, last + pause, _NEVER)
        self._send(on, self._contents(on), answered, 0.72)
        self.now[on] = last
        self._send(on[twice], self._contents(on[twice]), answered[twice], 0.72)
        self.now[on] = np.where(goes_on, answered, last)

    def _contents(self, on: Ints) -> Ints:
        """Return what kind of message the bot or agent of each conversation sends."""
        first = np.where(self._mode[on] == AGENT, AGENT_SENT, BOT_SENT)
        return first + self._pick(on, 0.66, 0.16, 0.08, 0.06)

    def _close(self, on: Ints) -> None:
        """Resolve most conversations that came to an end; the others just fall silent."""
        human = self._mode[on] == AGENT
        resolved = self._rng.random(len(on)) < np.where(human, 0.8, 0.48)
        on, human = on[resolved], human[resolved]
        self.now[on] += self._around(on, np.where(human, 12, 2) * _MINUTE, 1.2)
        self._resolve(on, np.where(human, BY_AGENT, BY_BOT) + self._pick(on, 0.85, 0.1))

    def _abandon(self, on: Ints) -> None:
        """Close some conversations hours after nobody replied; in the others the customer gave up."""
        on = on[self._rng.random(len(on)) < 0.15]
        self.now[on] += self._around(on, 5 * _HOUR, 0.7)
        self._resolve(on, np.full(len(on), BY_SILENCE))

    def _resolve(self, on: Ints, resolution: Ints) -> None:
        tenths = (self.now[on] - self._started_at[on]) * 10 // _MINUTE
        named = self._agent[on] * self._whether(on, 0.85)
        self._add(
            Kind.RESOLVED,
            on,
            number=self._message_counts[on],
            content=resolution,
            tenths=tenths,
            agent=named,
            modes=0.5,
        )

    def _receive(self, on: Ints, later: ArrayLike = 0) -> None:
        content = self._pick(on, 0.74, 0.08, 0.05, 0.04, 0.03, 0.03, 0.02)
        country = self._whether(on, 0.2)
        numbers = self._number(on)
        self._add(Kind.RECEIVED, on, later, number=numbers, content=content, detail=country, modes=0.85)

    def _send(self, on: Ints, content: ArrayLike, answered: Ints, attention: float) -> None:
        """Add a message to each of `on`, and its statuses.

        `answered` says when (ms) the customer writes back. Of the others the share `attention` is read.
        """
        numbers = self._number(on)
        named = self._agent[on] * self._whether(on, 0.98)
        self._add(Kind.SENT, on, number=numbers, content=content, agent=named, modes=0.85)
        self._report(on, numbers, answered - self.now[on], attention)

    def _report(self, on: Ints, numbers: Ints, room: Ints, attention: float) -> None:
        """Add the statuses of messages just sent, within `room` (ms until the customer wrote back)."""
        drawn = self._rng.random((4, len(on)))
        replied = room < _NEVER // 2
        reached = replied | (drawn[0] < 0.95)
        self._fail(on, numbers, ~reached & (drawn[0] < 0.975))
        delivery = np.minimum(self._travel(on), room // 3)
        reading = np.minimum(self._around(on, 40 * _SECOND, 1.9), (room - delivery) * 2 // 3)
        read = reached & (replied | (drawn[1] < attention)) & ~self._audience.hides_reading(self.user[on])
        at_once = read & (reading < 3 * _SECOND) & (drawn[2] < 0.6)
        delivered = reached & ~at_once & (drawn[2] < 0.95)
        read &= drawn[3] < 0.97
        for kind, part, later in (
            (Kind.DELIVERED, delivered, delivery),
            (Kind.READ, read, delivery + reading),
        ):
            dated = self._whether(on[part], 0.9)
            self._add(kind, on[part], later[part], number=numbers[part], detail=dated, modes=0.25)

    def _fail(self, on: Ints, numbers: Ints, failing: NDArray[np.bool_]) -> None:
        """Say of some messages, seconds after they were sent, that and why they could not be delivered."""
        on, numbers = on[failing], numbers[failing]
        error, dated = self._pick(on, 0.55, 0.25, 0.1, 0.05), self._whether(on, 0.9)
        later = self._around(on, 2 * _SECOND, 0.7)
        self._add(Kind.FAILED, on, later, number=numbers, content=error, detail=dated, modes=0.25)

    def _travel(self, on: Ints) -> Ints:
        """Return how long messages take to the phone: seconds, hours when it is off, sometimes a day."""
        kind = self._pick(on, 0.86, 0.13)
        medians = np.array([2.5 * _SECOND, 20 * _MINUTE, 26 * _HOUR])[kind]
        sigmas = np.array([0.7, 1.3, 0.05])[kind]
        return self._around(on, medians, sigmas)

    def _add(self, kind: Kind, on: Ints, later: ArrayLike = 0, *, modes: float = 0.0, **fields: ArrayLike) -> None:
        """Add an event to each of `on`, `later` than now by so many ms; the share `modes` states its mode.

        `fields` are further fields of `ROW`.
        """
        rows = np.zeros(len(on), ROW)
        rows["time"] = self.now[on] + np.asarray(later)
        rows["kind"], rows["user"], rows["chat"] = kind, self.user[on], self._chat[on]
        rows["mode"] = self._mode[on] * self._whether(on, modes)
        for name, values in fields.items():
            rows[name] = values
        self._rows.append(rows)

    def _number(self, on: Ints) -> Ints:
        """Count one more message in each of `on`; return the messages' numbers."""
        self._message_counts[on] += 1
        return self._traffic.number(len(on))

    def _whether(self, on: Ints, share: float) -> NDArray[np.uint8]:
        """Return 1 for a random `share` of `on`, 0 for the others."""
        return (self._rng.random(len(on)) < share).astype(np.uint8)

    def _pick(self, on: Ints, *shares: float) -> Ints:
        """Return an index into `shares` for each of `on`; one past the last stands for the rest."""
        return np.cumsum(shares).searchsorted(self._rng.random(len(on)), side="right").astype(np.int64)

    def _around(self, on: Ints, median: ArrayLike, sigma: ArrayLike) -> Ints:
        """Return log-normal times in ms, at most 30 h, for each of `on`."""
        drawn = np.asarray(median) * np.exp(self._rng.standard_normal(len(on)) * np.asarray(sigma))
        times: Ints = np.minimum(drawn, 30 * _HOUR).astype(np.int64) + 1
        return times
