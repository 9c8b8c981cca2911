-- Events that are to be delivered, in the order of seq. Of each stream, which is an aggregate's type and identity, the
-- first is its head. An entry is free for any process from free_at on: when it is due and its lease has ended.
CREATE TABLE neuroglia_outbox (
    seq            BIGINT GENERATED ALWAYS AS IDENTITY,
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type           TEXT COLLATE "C" NOT NULL,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    version        BIGINT NOT NULL,
    raised_at      BIGINT NOT NULL,
    data           TEXT NOT NULL,
    origin         TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    handled        TEXT NOT NULL,
    error          TEXT NOT NULL,
    due_at         BIGINT NOT NULL,
    replays        BIGINT NOT NULL,
    owner          TEXT COLLATE "C",
    free_at        BIGINT NOT NULL,
    head           BOOLEAN NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX neuroglia_outbox_stream ON neuroglia_outbox (aggregate_type, aggregate_id, seq);
CREATE INDEX neuroglia_outbox_free ON neuroglia_outbox (free_at, seq) WHERE head;
CREATE INDEX neuroglia_outbox_raised ON neuroglia_outbox (raised_at, id);

-- Those that were given up.
CREATE TABLE neuroglia_dead_letters (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type           TEXT COLLATE "C" NOT NULL,
    aggregate_type TEXT COLLATE "C" NOT NULL,
    aggregate_id   TEXT COLLATE "C" NOT NULL,
    version        BIGINT NOT NULL,
    raised_at      BIGINT NOT NULL,
    data           TEXT NOT NULL,
    origin         TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    handled        TEXT NOT NULL,
    error          TEXT NOT NULL,
    due_at         BIGINT NOT NULL,
    replays        BIGINT NOT NULL,
    dead_at        BIGINT NOT NULL
);
CREATE INDEX neuroglia_dead_letters_raised ON neuroglia_dead_letters (raised_at, id);

-- Keys of messages that have had their effect.
CREATE TABLE neuroglia_inbox (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL
);
CREATE INDEX neuroglia_inbox_at ON neuroglia_inbox (at);

-- Whether something of a stream is pending, and keeps it so until the transaction ends. Who takes the head of a stream
-- away and who adds to it wait for each other, so that the next entry always becomes the head. Entries that have to wait
-- are news for all processes. A plan that was made when the table was small must not be a scan of all of it later.
CREATE FUNCTION neuroglia_outbox_busy(stream_type TEXT, stream_id TEXT) RETURNS BOOLEAN LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE busy BOOLEAN;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(stream_type || '|' || stream_id, 0));
    busy := EXISTS (SELECT FROM neuroglia_outbox WHERE aggregate_type = stream_type AND aggregate_id = stream_id);
    IF busy THEN
        PERFORM pg_notify('neuroglia_outbox', '');
    END IF;
    RETURN busy;
END $$;
