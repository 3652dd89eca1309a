-- One dialect for H2 and PostgreSQL (decision 0021): ids are UUIDv7 and times milliseconds of the Unix epoch, both made in
-- Java; JSON is text that only Java reads.

create table counter (
  name varchar(32) primary key,
  amount bigint not null
);
insert into counter (name, amount) values ('state', 1);
insert into counter (name, amount) values ('allowlist', 1);

create table setting (
  name varchar(64) primary key,
  sealed varchar(1000) not null
);

create table app (
  id varchar(64) primary key,
  state varchar(16) not null,
  revision bigint not null,
  created_at bigint not null,
  changed_at bigint not null,
  settings varchar(200000) not null
);

create table pool (
  id varchar(64) primary key,
  kind varchar(16) not null,
  owner_app varchar(64) references app (id),
  created_at bigint not null
);

create table app_pool (
  app_id varchar(64) not null references app (id),
  place int not null,
  pool_id varchar(64) not null references pool (id),
  primary key (app_id, place),
  unique (app_id, pool_id)
);
create index app_pool_by_pool on app_pool (pool_id);

-- kind TOKEN, APP_SIGN, or RELAY, which has a pool; sealed with AES-GCM.
create table app_secret (
  id uuid primary key,
  app_id varchar(64) not null references app (id),
  kind varchar(16) not null,
  pool_id varchar(64) references pool (id),
  sealed varchar(400) not null,
  created_at bigint not null
);
create index app_secret_by_app on app_secret (app_id, kind);

create table relay (
  id uuid primary key,
  name varchar(64) not null unique,
  pool_id varchar(64) not null references pool (id),
  region varchar(32) not null,
  carrier varchar(32),
  key_hash varchar(64) not null,
  joined_at bigint not null,
  draining boolean not null
);
create index relay_by_pool on relay (pool_id);

-- What a relay last said of itself; apart from relay, for it changes every few seconds.
create table relay_report (
  relay_id uuid primary key references relay (id),
  epoch varchar(64) not null,
  sequence_number bigint not null,
  seen_at bigint not null,
  software varchar(64),
  load_percent int not null,
  draining boolean not null,
  state_version bigint not null,
  refusal varchar(1000),
  sessions_taken bigint not null
);

-- What it last said that one app uses, and would use if it might.
create table relay_app_report (
  relay_id uuid not null references relay (id),
  app_id varchar(64) not null,
  epoch varchar(64) not null,
  seen_at bigint not null,
  sessions bigint not null,
  wanted_sessions bigint not null,
  kbit_per_second bigint not null,
  wanted_kbit_per_second bigint not null,
  primary key (relay_id, app_id)
);
create index relay_app_report_by_app on relay_app_report (app_id);

create table live_session (
  id uuid primary key,
  relay_id uuid not null references relay (id),
  session_number bigint not null,
  app_id varchar(64) not null,
  subject varchar(128) not null,
  ingresses varchar(200) not null,
  client varchar(49) not null,
  began_at bigint not null,
  credential_expires_at bigint,
  bytes_to_peer bigint not null,
  bytes_to_client bigint not null,
  unique (relay_id, session_number)
);
create index live_session_by_app on live_session (app_id, id);

-- What one run (epoch) of a relay counted; outlives the relay's row.
create table usage_count (
  app_id varchar(64) not null,
  hour_at bigint not null,
  relay_id uuid not null,
  ingress varchar(20) not null,
  epoch varchar(64) not null,
  relay_name varchar(64) not null,
  region varchar(32) not null,
  bytes_to_peer bigint not null,
  bytes_to_client bigint not null,
  sessions bigint not null,
  session_seconds bigint not null,
  primary key (app_id, hour_at, relay_id, ingress, epoch)
);

create table quota_excess (
  app_id varchar(64) not null,
  kind varchar(16) not null,
  hour_at bigint not null,
  agreed bigint not null,
  peak bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  primary key (app_id, kind, hour_at)
);

create table pool_address (
  id uuid primary key,
  pool_id varchar(64) not null references pool (id),
  relay_id uuid references relay (id),
  cidr varchar(49) not null,
  first_port int not null,
  last_port int not null,
  transports varchar(40) not null,
  region varchar(32) not null,
  carrier varchar(32),
  domain varchar(254),
  server_name varchar(254),
  spki varchar(64),
  purpose varchar(100) not null,
  valid_from bigint not null,
  valid_until bigint,
  unique (pool_id, cidr, first_port, last_port, transports)
);
create index pool_address_by_relay on pool_address (relay_id);

create table join_token (
  id uuid primary key,
  hash varchar(64) not null,
  pool_id varchar(64) not null references pool (id),
  region varchar(32) not null,
  carrier varchar(32),
  expires_at bigint not null
);

create table operator_token (
  id uuid primary key,
  name varchar(200) not null,
  kind varchar(16) not null,
  hash varchar(64) not null,
  created_at bigint not null
);

create table revocation (
  id uuid primary key,
  app_id varchar(64) not null references app (id),
  uid varchar(128) not null,
  not_before bigint not null,
  expires_at bigint not null
);
create index revocation_by_app on revocation (app_id, uid);

create table ended_lease (
  id uuid primary key,
  expires_at bigint not null
);

create table audit (
  id uuid primary key,
  happened_at bigint not null,
  actor varchar(250) not null,
  action varchar(64) not null,
  target varchar(250) not null,
  detail varchar(2000)
);

create index ended_lease_by_expiry on ended_lease (expires_at);
create index revocation_by_expiry on revocation (expires_at);
