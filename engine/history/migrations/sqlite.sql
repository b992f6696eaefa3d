-- The tables of the newest release, as all migrations leave them in a new SQLite file.
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('0004');
CREATE TABLE alert_attempt (
  number INTEGER NOT NULL,
  delivery INTEGER NOT NULL,
  time FLOAT NOT NULL,
  attempt INTEGER NOT NULL,
  status INTEGER,
  outcome VARCHAR(80) NOT NULL,
  due FLOAT,
  PRIMARY KEY (number)
);
CREATE TABLE alert_delivery (
  number INTEGER NOT NULL,
  message VARCHAR(40) NOT NULL,
  rule VARCHAR(40) NOT NULL,
  place SMALLINT NOT NULL,
  target VARCHAR(300) NOT NULL,
  notify TEXT NOT NULL,
  body BLOB NOT NULL,
  created FLOAT NOT NULL,
  attempts INTEGER NOT NULL,
  due FLOAT,
  PRIMARY KEY (number),
  UNIQUE (message, place)
);
CREATE TABLE alert_rule (
  id VARCHAR(40) NOT NULL,
  owner VARCHAR(64) NOT NULL,
  created FLOAT NOT NULL,
  revision INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  given TEXT NOT NULL,
  memory TEXT NOT NULL,
  secrets TEXT NOT NULL,
  ended FLOAT,
  ended_reason VARCHAR(100),
  PRIMARY KEY (id)
);
CREATE TABLE alert_version (
  name VARCHAR(20) NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (name)
);
INSERT INTO alert_version VALUES('rules',0);
CREATE TABLE history_coverage (
  series INTEGER NOT NULL,
  first BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (series, first)
);
CREATE TABLE history_hole (
  series INTEGER NOT NULL,
  first BIGINT NOT NULL,
  until BIGINT NOT NULL,
  reason VARCHAR(20) NOT NULL,
  known BIGINT NOT NULL,
  PRIMARY KEY (series, first)
);
CREATE TABLE history_job (
  id VARCHAR(40) NOT NULL,
  created FLOAT NOT NULL,
  owner VARCHAR(64) NOT NULL,
  symbol VARCHAR(64) NOT NULL,
  coin VARCHAR(64) NOT NULL,
  quote VARCHAR(64) NOT NULL,
  interval VARCHAR(4) NOT NULL,
  first BIGINT NOT NULL,
  until BIGINT NOT NULL,
  at BIGINT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  candles BIGINT NOT NULL,
  state VARCHAR(10) NOT NULL,
  venue VARCHAR(64),
  listed BIGINT,
  failures TEXT NOT NULL,
  claimed_by VARCHAR(40) NOT NULL,
  claimed_until FLOAT NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE history_lease (
  name VARCHAR(20) NOT NULL,
  owner VARCHAR(40) NOT NULL,
  until FLOAT NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE history_page (
  series INTEGER NOT NULL,
  start BIGINT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  candles INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  providers VARCHAR(200) NOT NULL,
  checksum BIGINT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (series, start)
);
CREATE TABLE history_provider (
  id INTEGER NOT NULL,
  name VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
CREATE TABLE history_recent (
  series INTEGER NOT NULL,
  open_time BIGINT NOT NULL,
  revision INTEGER NOT NULL,
  open FLOAT NOT NULL,
  high FLOAT NOT NULL,
  low FLOAT NOT NULL,
  close FLOAT NOT NULL,
  volume FLOAT,
  quote_volume FLOAT,
  trades BIGINT,
  provider INTEGER NOT NULL,
  filled BOOLEAN NOT NULL,
  known BIGINT NOT NULL,
  PRIMARY KEY (series, open_time)
);
CREATE TABLE history_revision (
  series INTEGER NOT NULL,
  open_time BIGINT NOT NULL,
  revision INTEGER NOT NULL,
  open FLOAT NOT NULL,
  high FLOAT NOT NULL,
  low FLOAT NOT NULL,
  close FLOAT NOT NULL,
  volume FLOAT,
  quote_volume FLOAT,
  trades BIGINT,
  provider INTEGER NOT NULL,
  filled BOOLEAN NOT NULL,
  known BIGINT NOT NULL,
  PRIMARY KEY (series, open_time, revision)
);
CREATE TABLE history_series (
  id INTEGER NOT NULL,
  coin VARCHAR(64) NOT NULL,
  quote VARCHAR(64) NOT NULL,
  interval VARCHAR(4) NOT NULL,
  cause SMALLINT NOT NULL,
  used FLOAT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (coin, quote, interval)
);
CREATE TABLE history_value (
  name VARCHAR(40) NOT NULL,
  time FLOAT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (name)
);
CREATE INDEX history_page_sizes ON history_page (series, start, first, last, candles, bytes, providers);
CREATE INDEX ix_alert_rule_owner ON alert_rule (owner);
CREATE INDEX ix_alert_delivery_rule ON alert_delivery (rule);
CREATE INDEX ix_alert_delivery_due ON alert_delivery (due);
CREATE INDEX ix_alert_attempt_delivery ON alert_attempt (delivery);
CREATE INDEX ix_alert_attempt_time ON alert_attempt (time);
