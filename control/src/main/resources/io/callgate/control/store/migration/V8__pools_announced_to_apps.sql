-- From when leases of an app lead to a pool; null until the app is active for the first time.
alter table app_pool add column valid_from bigint;
update app_pool set valid_from = 0 where app_id in (select id from app where state in ('ACTIVE', 'SUSPENDED'));
