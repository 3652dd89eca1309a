-- Where on their relays sessions came in, as address:port,…; '' where the relay does not tell.
alter table live_session add column reached varchar(1000) default '' not null;

-- Which networks of clients have reached which address of which relay; '' where the relay does not tell.
create table site_reach_by_address (
  app_id varchar(64) not null,
  client varchar(49) not null,
  relay_id uuid not null,
  reached varchar(64) not null,
  first_at bigint not null,
  last_at bigint not null,
  primary key (app_id, client, relay_id, reached)
);
insert into site_reach_by_address (app_id, client, relay_id, reached, first_at, last_at)
  select app_id, client, relay_id, '', first_at, last_at from site_reach;
drop table site_reach;
alter table site_reach_by_address rename to site_reach;
create index site_reach_by_relay on site_reach (app_id, relay_id, reached);
