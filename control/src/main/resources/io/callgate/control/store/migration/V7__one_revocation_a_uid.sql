-- A uid has one revocation, which ends when the last of those ends that it had.
delete from revocation r where exists (
  select 1 from revocation other where other.app_id = r.app_id and other.uid = r.uid
    and (other.expires_at > r.expires_at or (other.expires_at = r.expires_at and other.id > r.id)));
drop index revocation_by_app;
alter table revocation add constraint revocation_of_uid unique (app_id, uid);

-- For what the relays of a pool are told, in one statement.
create index app_secret_by_pool on app_secret (pool_id);
