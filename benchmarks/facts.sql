-- Facts in DuckDB: conversations, attribution, customer waits and the ledger, over a table `events` and a table `phones`
-- (the region of every user's number). Codes are those of the event frame: kinds 0 contact.created,
-- 1 message.received, 2 agent.handoff, 3 chat.assigned, 4 message.sent, 5 message.delivered, 6 message.read,
-- 7 message.failed, 8 chat.resolved, and modes 0 bot, 1 agent. Every status has its message, every other event its chat.
-- No message failed, no agent is a bot, and the bot answers first.
--
-- It sorts once: everything after that streams over the sorted rows, because windows without PARTITION BY and
-- ORDER BY are by far DuckDB's cheapest. What a chat remembers is a running maximum: the place of the event
-- that set it, with the value in its low bits.

CREATE OR REPLACE TEMP TABLE homes AS
SELECT user, coalesce(of_contact, region) AS home
FROM phones LEFT JOIN (
    SELECT user, arg_max(country, time) AS of_contact FROM events WHERE kind = 0 AND country IS NOT NULL AND NOT test GROUP BY user
) USING (user);

CREATE OR REPLACE TEMP TABLE in_order AS
SELECT row, kind, time, user, chat, key, mode, agent, to_mode, coalesce(country, home) AS country
FROM events JOIN homes USING (user)
WHERE kind NOT IN (5, 6, 7) AND NOT test
ORDER BY chat, time, kind, key;

CREATE OR REPLACE TEMP TABLE spine AS
WITH numbered AS (
    SELECT *, row_number() OVER () AS place,
        lead(chat) OVER () IS DISTINCT FROM chat AS is_last,
        lag(chat) OVER () IS DISTINCT FROM chat OR lag(kind) OVER () = 8 AS is_new,
        coalesce(time - lag(time) OVER (), 0) AS pause,
        kind = 4 AND coalesce(mode = 1, agent IS NOT NULL) AS by_person
    FROM in_order
),
-- The longer silence holds while the customer's last message is unanswered, or a person was asked for and has not written.
patience AS (
    SELECT *,
        max(CASE
            WHEN kind = 1 THEN place * 2 + 1
            WHEN kind = 4 OR kind <> 8 AND (is_new OR pause >= 259_200_000_000) THEN place * 2
        END) OVER (ROWS UNBOUNDED PRECEDING) % 2 = 1
        OR max(CASE
            WHEN to_mode = 1 THEN place * 2 + 1
            WHEN to_mode = 0 OR by_person OR kind <> 8 AND (is_new OR pause >= 259_200_000_000) THEN place * 2
        END) OVER (ROWS UNBOUNDED PRECEDING) % 2 = 1 AS patient
    FROM numbered
),
marked AS (
    SELECT *, kind = 8 AND is_new AS is_outside,
        kind <> 8 AND (is_new
            OR pause >= CASE WHEN lag(patient) OVER () THEN 259_200_000_000 ELSE 86_400_000_000 END) AS starts
    FROM patience
),
remembered AS (
    SELECT *,
        count(CASE WHEN starts THEN 1 END) OVER (ROWS UNBOUNDED PRECEDING) - 1 AS conversation,
        max(CASE
            WHEN kind = 2 THEN place * 2 + to_mode
            WHEN kind = 3 OR kind = 4 AND agent IS NOT NULL THEN place * 2 + coalesce(mode, 1)
            WHEN starts OR is_outside THEN place * 2
        END) OVER (ROWS UNBOUNDED PRECEDING) % 2 AS chat_mode,
        max(CASE
            WHEN kind = 2 AND to_mode = 1 AND agent IS NOT NULL THEN place * 1_000_000 + agent + 1
            WHEN kind IN (3, 4) AND agent IS NOT NULL AND mode IS DISTINCT FROM 0 THEN place * 1_000_000 + agent + 1
            WHEN starts OR is_outside OR kind = 2 THEN place * 1_000_000
        END) OVER (ROWS UNBOUNDED PRECEDING) % 1_000_000 - 1 AS chat_agent
    FROM marked
),
stated AS (
    SELECT *,
        coalesce(lag(chat_mode) OVER (), 0) AS mode_before,
        coalesce(lag(chat_agent) OVER (), -1) AS agent_before
    FROM remembered
)
SELECT row, kind, time, user, chat, key, country, place, is_last, chat_mode, chat_agent,
    CASE WHEN NOT is_outside THEN conversation END AS conversation,
    coalesce(mode, chat_mode) AS mode,
    coalesce(agent, CASE WHEN kind = 4 THEN -1 ELSE chat_agent END) AS agent,
    CASE WHEN kind = 4 THEN coalesce(mode, chat_mode) WHEN kind = 1 THEN begun // 10_000_000 % 10 ELSE mode_before END
        AS end_mode,
    CASE WHEN kind = 4 THEN coalesce(agent, -1) WHEN kind = 1 THEN begun % 10_000_000 - 1 ELSE agent_before END
        AS end_agent
FROM (
    SELECT *, max(CASE WHEN starts THEN place * 100_000_000 + mode_before * 10_000_000 + agent_before + 1 END)
        OVER (ROWS UNBOUNDED PRECEDING) AS begun
    FROM stated
);

CREATE OR REPLACE TEMP TABLE event_facts AS
SELECT row, kind, time, conversation, mode, agent, country FROM spine
UNION ALL
SELECT r.row, r.kind, r.time, s.conversation, coalesce(r.mode, s.mode), coalesce(r.agent, s.agent), coalesce(r.country, home)
FROM events AS r
JOIN (SELECT key, user, conversation, mode, agent FROM spine WHERE kind = 4) AS s USING (key, user)
JOIN homes USING (user)
WHERE r.kind IN (5, 6, 7) AND NOT r.test;

CREATE OR REPLACE TEMP TABLE ledger AS
WITH sent AS (
    SELECT * FROM (
        SELECT kind, key, user, time, mode, agent, country,
            lead(user) OVER theirs = user AND lead(kind) OVER theirs = 1
                AND lead(time) OVER theirs - time <= 86_400_000_000 AS replied
        FROM spine WHERE kind IN (1, 4) WINDOW theirs AS (ORDER BY user, time, kind, key)
    ) WHERE kind = 4
)
SELECT sent.time, sent.mode, sent.agent, sent.country,
    delivered.key IS NOT NULL AS delivered, read.key IS NOT NULL AS read, coalesce(replied, FALSE) AS replied
FROM sent
LEFT JOIN (SELECT key, user FROM events WHERE kind = 5 AND NOT test) AS delivered USING (key, user)
LEFT JOIN (SELECT key, user FROM events WHERE kind = 6 AND NOT test) AS read USING (key, user);

CREATE OR REPLACE TEMP TABLE found AS
WITH steps AS (
    SELECT *, kind = 1 AS begins FROM spine WHERE kind IN (1, 4, 8)
),
turns AS (
    SELECT * FROM (
        SELECT *, lag(chat) OVER () IS DISTINCT FROM chat OR lag(begins) OVER () <> begins
            OR begins AND lag(conversation) OVER () <> conversation AS turn
        FROM steps
    ) WHERE turn
),
messages AS (
    SELECT *, count(CASE WHEN kind = 4 THEN 1 END) OVER (ROWS UNBOUNDED PRECEDING) AS number
    FROM spine WHERE kind IN (1, 4)
)
SELECT 0 AS wait, * FROM (
    SELECT begins, chat, time, country, lead(chat) OVER () = chat AS ended, lead(time) OVER () AS end_time,
        lead(kind) OVER () AS end_kind, lead(end_mode) OVER () AS end_mode, lead(end_agent) OVER () AS end_agent
    FROM turns
) WHERE begins
UNION ALL
SELECT 2, TRUE, r.chat, r.time, r.country, s.chat = r.chat, s.time, 4, s.end_mode, s.end_agent
FROM messages AS r LEFT JOIN messages AS s ON s.kind = 4 AND s.number = r.number + 1
WHERE r.kind = 1;

CREATE OR REPLACE TEMP TABLE waits AS
SELECT wait, time, country,
    CASE WHEN NOT coalesce(ended, FALSE) THEN 2 WHEN end_kind = 4 THEN 0
        WHEN end_kind = 1 OR end_time - found.time >= 259_200_000_000 THEN 3 ELSE 1 END AS state,
    CASE WHEN ended THEN end_time - found.time ELSE 0 END AS duration,
    CASE WHEN ended THEN end_mode WHEN last_kind = 8 THEN 0 ELSE last_mode END AS mode,
    CASE WHEN ended THEN end_agent WHEN last_kind = 8 THEN -1 ELSE last_agent END AS agent
FROM found LEFT JOIN (
    SELECT chat, kind AS last_kind, chat_mode AS last_mode, chat_agent AS last_agent FROM spine WHERE is_last
) USING (chat);
