-- An app's owner: a token, or a user of the console, that knows one app alone.
alter table operator_token add column app_id varchar(64) references app (id);

-- Who signs in to the console. password: `sha256:HEX` of one that control made, else Argon2id in its own notation.
create table console_user (
  name varchar(64) primary key,
  kind varchar(16) not null,
  app_id varchar(64) references app (id),
  password varchar(300) not null,
  must_change boolean not null,
  created_at bigint not null
);

-- hash: of what the browser's cookie holds.
create table console_session (
  hash varchar(64) primary key,
  user_name varchar(64) not null references console_user (name),
  form_key varchar(64) not null,
  began_at bigint not null,
  seen_at bigint not null
);
create index console_session_by_user on console_session (user_name);
create index console_session_by_begin on console_session (began_at);
