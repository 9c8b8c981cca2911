#!/bin/sh
# Makes the pizzeria's role and database, when PostgreSQL is started for the first time.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" <<'END'
CREATE ROLE mario LOGIN PASSWORD :'password';
CREATE DATABASE mario OWNER mario;
REVOKE ALL ON DATABASE mario FROM PUBLIC;
END
