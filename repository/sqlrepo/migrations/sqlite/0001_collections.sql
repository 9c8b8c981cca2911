-- The tables of aggregates, each with its declared fields as a sorted list.
CREATE TABLE neuroglia_collections (
    name   TEXT NOT NULL PRIMARY KEY,
    fields TEXT NOT NULL
) STRICT;
