import type { Knex } from 'knex';

/**
 * What the accounts' security needs: every login as a row (so that it can be ended at once, whatever Redis holds), second
 * factors, links for a forgotten password, and the audit log, to which rows are only ever added.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table users add column password_changed_at timestamptz not null default now();

-- One row a login. The cookie's session in Redis names it; one that has ended or expired opens nothing.
create table user_sessions (
  id uuid primary key,
  user_id bigint not null references users on delete cascade,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  address text not null,
  user_agent text not null
);
create index user_sessions_user on user_sessions (user_id, created_at desc);

-- RFC 6238. The secret is encrypted with SECRET_KEY; it counts once it was confirmed. A code's time step is used once.
create table user_totp (
  user_id bigint primary key references users on delete cascade,
  secret_sealed text not null,
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  last_step bigint not null default 0
);
-- For a lost telephone: each opens once. Keyed hashes.
create table recovery_codes (
  user_id bigint not null references users on delete cascade,
  code_hash text not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

-- A forgotten password: SHA-256 of the link's token.
create table password_resets (
  token_hash text primary key,
  user_id bigint not null references users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_resets_user on password_resets (user_id);

-- Who did what to what, from where. No foreign keys: an entry outlives what it tells of.
create table audit_entries (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  user_id bigint,
  role text,
  customer_id bigint,
  address text,
  action text not null,
  subject text,
  subject_id text,
  details jsonb not null default '{}'
);
create index audit_entries_user on audit_entries (user_id, id desc);

create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entries_only_added_to before update or delete on audit_entries for each row execute function refuse_change_of_audit();
create trigger audit_entries_never_emptied before truncate on audit_entries for each statement execute function refuse_change_of_audit();
-- The application's own role may not either; the triggers hold for the table's owner as well.
revoke update, delete, truncate on audit_entries from public, current_user;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop table audit_entries, password_resets, recovery_codes, user_totp, user_sessions;
drop function refuse_change_of_audit();
alter table users drop column password_changed_at;
`);
}
