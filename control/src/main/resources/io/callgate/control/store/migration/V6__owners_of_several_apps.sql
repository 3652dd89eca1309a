-- The apps of an app's owner: of a token, or of a user of the console.
create table operator_token_app (
  token_id uuid not null references operator_token (id),
  app_id varchar(64) not null references app (id),
  primary key (token_id, app_id)
);
insert into operator_token_app (token_id, app_id) select id, app_id from operator_token where app_id is not null;
alter table operator_token drop column app_id;

create table console_user_app (
  user_name varchar(64) not null references console_user (name),
  app_id varchar(64) not null references app (id),
  primary key (user_name, app_id)
);
insert into console_user_app (user_name, app_id) select name, app_id from console_user where app_id is not null;
alter table console_user drop column app_id;
