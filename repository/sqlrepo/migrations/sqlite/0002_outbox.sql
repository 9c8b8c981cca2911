-- Events that are to be delivered, in the order of seq. Of each stream, which is an aggregate's type and identity, the
-- first is its head. An entry is free for any process from free_at on: when it is due and its lease has ended.
CREATE TABLE neuroglia_outbox (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    type           TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    version        INTEGER NOT NULL,
    raised_at      INTEGER NOT NULL,
    data           TEXT NOT NULL,
    origin         TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    handled        TEXT NOT NULL,
    error          TEXT NOT NULL,
    due_at         INTEGER NOT NULL,
    replays        INTEGER NOT NULL,
    owner          TEXT,
    free_at        INTEGER NOT NULL,
    head           INTEGER NOT NULL
) STRICT;
CREATE INDEX neuroglia_outbox_stream ON neuroglia_outbox (aggregate_type, aggregate_id, seq);
CREATE INDEX neuroglia_outbox_free ON neuroglia_outbox (free_at, seq) WHERE head;
CREATE INDEX neuroglia_outbox_raised ON neuroglia_outbox (raised_at, id);

-- Those that were given up.
CREATE TABLE neuroglia_dead_letters (
    id             TEXT NOT NULL PRIMARY KEY,
    type           TEXT NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    version        INTEGER NOT NULL,
    raised_at      INTEGER NOT NULL,
    data           TEXT NOT NULL,
    origin         TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    handled        TEXT NOT NULL,
    error          TEXT NOT NULL,
    due_at         INTEGER NOT NULL,
    replays        INTEGER NOT NULL,
    dead_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX neuroglia_dead_letters_raised ON neuroglia_dead_letters (raised_at, id);

-- Keys of messages that have had their effect.
CREATE TABLE neuroglia_inbox (
    key TEXT NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT;
CREATE INDEX neuroglia_inbox_at ON neuroglia_inbox (at);
