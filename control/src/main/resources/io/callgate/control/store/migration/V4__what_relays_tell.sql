-- What a run of a relay has refused, as reason=count,…
alter table relay_report add column refusals varchar(6000) default '' not null;

-- How many sessions of an app a relay reported last, by the ingress that they began by.
create table relay_app_ingress (
  relay_id uuid not null references relay (id),
  app_id varchar(64) not null,
  ingress varchar(20) not null,
  seen_at bigint not null,
  sessions bigint not null,
  primary key (relay_id, app_id, ingress)
);
create index relay_app_ingress_by_app on relay_app_ingress (app_id);

-- The most sessions that an app had at once in an hour; region '' is the whole fleet, ingress '' all of them.
create table session_peak_by_ingress (
  app_id varchar(64) not null,
  hour_at bigint not null,
  region varchar(32) not null,
  ingress varchar(20) not null,
  sessions bigint not null,
  primary key (app_id, hour_at, region, ingress)
);
insert into session_peak_by_ingress (app_id, hour_at, region, ingress, sessions)
  select app_id, hour_at, region, '', sessions from session_peak;
drop table session_peak;
alter table session_peak_by_ingress rename to session_peak;

-- How many sessions a relay had when the operator began to drain it.
alter table relay add column drain_from bigint;
