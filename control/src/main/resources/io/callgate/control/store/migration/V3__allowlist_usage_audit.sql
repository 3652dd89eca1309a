-- Allowlists of apps, version by version (decision 0054). A version that was made stays as it is.
create table allowlist_version (
  app_id varchar(64) not null references app (id),
  version bigint not null,
  issued_at bigint not null,
  primary key (app_id, version)
);

create table allowlist_entry (
  app_id varchar(64) not null,
  version bigint not null,
  place int not null,
  cidr varchar(49) not null,
  first_port int not null,
  last_port int not null,
  protocol varchar(3) not null,
  domain varchar(254),
  region varchar(32) not null,
  purpose varchar(100) not null,
  valid_from bigint not null,
  valid_until bigint,
  primary key (app_id, version, place)
);

-- The newest version of each app, and what it was last seen to be true for: the allowlist counter, the app's revision,
-- and until an entry ends.
create table allowlist_standing (
  app_id varchar(64) primary key references app (id),
  version bigint not null,
  book bigint not null,
  app_revision bigint not null,
  until_at bigint not null
);

alter table pool add column notice_days int default 30 not null;

-- From where somebody changed something, and what it was before and after.
alter table audit add column origin varchar(64);
alter table audit add column old_value varchar(20000);
alter table audit add column new_value varchar(20000);

-- The most sessions that an app had at once in an hour; region '' is the whole fleet.
create table session_peak (
  app_id varchar(64) not null,
  hour_at bigint not null,
  region varchar(32) not null,
  sessions bigint not null,
  primary key (app_id, hour_at, region)
);

-- Which networks of clients have reached which relay.
create table site_reach (
  app_id varchar(64) not null,
  client varchar(49) not null,
  relay_id uuid not null,
  first_at bigint not null,
  last_at bigint not null,
  primary key (app_id, client, relay_id)
);

-- How many days are kept of what.
create table retention (
  kind varchar(16) primary key,
  days int not null
);
insert into retention (kind, days) values ('usage', 400);
insert into retention (kind, days) values ('sites', 90);
insert into retention (kind, days) values ('audit', 730);
create index usage_count_by_hour on usage_count (hour_at);
