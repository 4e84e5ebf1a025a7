-- What PostgreSQL runs once, when its volume is new: a service with applications of the last sixty days, read by a user that can
-- do nothing else, and databases of their own for the write API and for the state of the collectors.

CREATE ROLE collector LOGIN PASSWORD 'only-to-try';
CREATE ROLE write_api LOGIN PASSWORD 'only-to-try';
CREATE ROLE collector_state LOGIN PASSWORD 'only-to-try';
CREATE DATABASE service;
CREATE DATABASE write_api OWNER write_api;
CREATE DATABASE collector_state OWNER collector_state;

\connect service

CREATE TABLE applications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submitted_at timestamptz NOT NULL DEFAULT now(),
  channel text NOT NULL
);
CREATE INDEX ON applications (submitted_at, id);

INSERT INTO applications (submitted_at, channel)
SELECT now() - number * interval '17 minutes', (ARRAY['digital', 'digital', 'digital', 'phone', 'paper'])[1 + number % 5]
FROM generate_series(0, 5000) AS number
ORDER BY number DESC;

GRANT SELECT ON applications TO collector;
