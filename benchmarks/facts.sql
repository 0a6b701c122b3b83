-- Facts in DuckDB: conversations, attribution, waits and the ledger, over a table `events` and a table `phones`
-- (the region of every user's number). Codes are those of the event frame: kinds 0 contact.created,
-- 1 message.received, 2 agent.handoff, 3 chat.assigned, 4 message.sent, 5 message.delivered, 6 message.read,
-- 7 message.failed, 8 chat.resolved, and modes 0 bot, 1 agent. Every status has its message, every other event its chat.
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
WITH marked AS (
    SELECT *, row_number() OVER () AS place,
        lead(chat) OVER () IS DISTINCT FROM chat AS is_last,
        lag(chat) OVER () IS DISTINCT FROM chat OR lag(kind) OVER () = 8
            OR time - lag(time) OVER () >= 86_400_000_000 AS starts
    FROM in_order
),
remembered AS (
    SELECT *,
        count(CASE WHEN starts THEN 1 END) OVER (ROWS UNBOUNDED PRECEDING) - 1 AS conversation,
        max(CASE
            WHEN kind IN (2, 3) OR kind = 4 AND agent IS NOT NULL
                THEN place * 2 + coalesce(mode, CASE WHEN kind = 2 THEN to_mode ELSE 1 END)
            WHEN starts THEN place * 2
        END) OVER (ROWS UNBOUNDED PRECEDING) % 2 AS chat_mode,
        max(CASE
            WHEN kind = 2 AND to_mode = 0 THEN place * 1_000_000
            WHEN kind IN (2, 3, 4) AND agent IS NOT NULL THEN place * 1_000_000 + agent + 1
            WHEN starts THEN place * 1_000_000
        END) OVER (ROWS UNBOUNDED PRECEDING) % 1_000_000 - 1 AS chat_agent
    FROM marked
)
SELECT row, kind, time, user, chat, key, country, to_mode, place, is_last, conversation, chat_mode, chat_agent,
    coalesce(mode, chat_mode) AS mode,
    coalesce(agent, CASE WHEN kind = 4 THEN -1 ELSE chat_agent END) AS agent,
    CASE WHEN kind = 4 THEN coalesce(mode, chat_mode) WHEN starts THEN 0 ELSE lag(chat_mode) OVER () END AS end_mode,
    CASE WHEN kind = 4 THEN coalesce(agent, -1) WHEN starts THEN -1 ELSE lag(chat_agent) OVER () END AS end_agent,
    kind = 4 AND coalesce(mode = 1, agent IS NOT NULL) AS by_person
FROM remembered;

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
            lead(chat) OVER () = chat AND lead(kind) OVER () = 1
                AND lead(time) OVER () - time <= 86_400_000_000 AS replied
        FROM spine WHERE kind IN (1, 4)
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
        SELECT *, lag(chat) OVER () IS DISTINCT FROM chat OR lag(begins) OVER () <> begins AS turn FROM steps
    ) WHERE turn
),
human_steps AS (
    SELECT *, kind = 1 OR kind = 2 AND to_mode = 1 AS begins FROM spine
    WHERE kind = 1 AND mode = 1 OR kind = 2 OR kind = 8 OR by_person
),
human_turns AS (
    SELECT * FROM (
        SELECT *, lag(chat) OVER () IS DISTINCT FROM chat OR lag(begins) OVER () <> begins AS turn FROM human_steps
    ) WHERE turn
),
-- An assignment counts until the agent's own message: who was assigned last is remembered as a chat's mode is above.
assigned_rows AS (
    SELECT *, kind = 3 AS begins, kind = 8 OR kind = 2 AS ends,
        CASE WHEN kind = 3 THEN place * 1_000_000 + agent + 1
            WHEN lag(chat) OVER () IS DISTINCT FROM chat THEN place * 1_000_000 END AS assignment
    FROM spine
    WHERE kind = 3 AND agent >= 0 OR kind = 8 OR kind = 2 AND to_mode = 0 OR by_person
),
own_steps AS (
    SELECT * FROM (
        SELECT *, max(assignment) OVER (ROWS UNBOUNDED PRECEDING) % 1_000_000 - 1 AS assignee FROM assigned_rows
    ) WHERE begins OR ends OR assignee >= 0 AND agent = assignee
),
assigned_turns AS (
    SELECT * FROM (
        SELECT *, begins AND lag(begins) OVER () AND lag(chat) OVER () = chat AND lag(agent) OVER () = agent AS again
        FROM own_steps
    ) WHERE again IS NOT TRUE
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
SELECT 1, * FROM (
    SELECT begins, chat, time, country, lead(chat) OVER () = chat, lead(time) OVER (),
        lead(kind) OVER (), lead(end_mode) OVER (), lead(end_agent) OVER ()
    FROM human_turns
) WHERE begins
UNION ALL
SELECT 3, * FROM (
    SELECT begins, chat, time, country, lead(chat) OVER () = chat, lead(time) OVER (),
        lead(kind) OVER (), lead(end_mode) OVER (), lead(end_agent) OVER ()
    FROM assigned_turns
) WHERE begins
UNION ALL
SELECT 2, TRUE, r.chat, r.time, r.country, s.chat = r.chat, s.time, 4, s.end_mode, s.end_agent
FROM messages AS r LEFT JOIN messages AS s ON s.kind = 4 AND s.number = r.number + 1
WHERE r.kind = 1;

CREATE OR REPLACE TEMP TABLE waits AS
SELECT wait, time, country,
    CASE WHEN NOT coalesce(ended, FALSE) THEN 2 WHEN end_kind = 4 THEN 0 ELSE 1 END AS state,
    CASE WHEN ended THEN end_time - found.time ELSE 0 END AS duration,
    CASE WHEN ended THEN end_mode WHEN last_kind = 8 THEN 0 ELSE last_mode END AS mode,
    CASE WHEN ended THEN end_agent WHEN last_kind = 8 THEN -1 ELSE last_agent END AS agent
FROM found LEFT JOIN (
    SELECT chat, kind AS last_kind, chat_mode AS last_mode, chat_agent AS last_agent FROM spine WHERE is_last
) USING (chat);
