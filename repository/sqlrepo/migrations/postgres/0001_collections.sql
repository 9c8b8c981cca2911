-- The tables of aggregates, each with its declared fields as a sorted list.
CREATE TABLE neuroglia_collections (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    fields TEXT NOT NULL
);

-- Transactions that add to a table run side by side, and may commit in another order than that of their times of
-- creation. Each shares a lock on the table's order until it ends. Whoever lists takes the lock alone for a moment, and
-- so knows that all rows before the time it gets are committed; rows that are added later get later times.
CREATE FUNCTION neuroglia_created(collection TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE latest BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1852797552, quote_ident(collection)::regclass::oid::int);
    EXECUTE format('SELECT max(created_at) FROM %I', collection) INTO latest;
    RETURN greatest((extract(epoch FROM clock_timestamp()) * 1000000000)::bigint, latest + 1);
END $$;

CREATE FUNCTION neuroglia_settled(collection TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE latest BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock(1852797552, quote_ident(collection)::regclass::oid::int);
    EXECUTE format('SELECT max(created_at) FROM %I', collection) INTO latest;
    RETURN greatest((extract(epoch FROM clock_timestamp()) * 1000000000)::bigint, latest + 1);
END $$;
