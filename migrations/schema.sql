-- Written by `npm run check -- --write` from the migrations; compared in CI. Do not edit.

create table alarm_letters (
  id bigint generated always as identity not null,
  alarm_id bigint not null,
  user_id bigint not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  sent_at timestamp with time zone
);

create table alarms (
  id bigint generated always as identity not null,
  kind text not null,
  subject text not null,
  detail jsonb default '{}'::jsonb not null,
  raised_at timestamp with time zone default now() not null,
  cleared_at timestamp with time zone
);

create table audit_entries (
  id bigint generated always as identity not null,
  at timestamp with time zone default now() not null,
  user_id bigint,
  role text,
  customer_id bigint,
  address text,
  action text not null,
  subject text,
  subject_id text,
  details jsonb default '{}'::jsonb not null
);

create table call_commands (
  id bigint generated always as identity not null,
  call_id uuid not null,
  switch_id text not null,
  epoch bigint not null,
  command jsonb not null,
  done_at timestamp with time zone,
  result text
);

create table call_deadlines (
  call_id uuid not null,
  name text not null,
  switch_id text not null,
  at timestamp with time zone not null
);

create table call_queue (
  contact_id bigint not null,
  campaign_id bigint not null,
  customer_id bigint not null,
  priority smallint default 1 not null,
  next_attempt_at timestamp with time zone not null,
  number_position smallint default 0 not null,
  entered_by bigint,
  claimed_by bigint,
  lease_until timestamp with time zone
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_cost_delay=0);

create table call_transitions (
  call_id uuid not null,
  version integer not null,
  at timestamp with time zone not null,
  event jsonb not null,
  from_state text not null,
  to_state text not null
);

create table calls (
  id uuid not null,
  customer_id bigint not null,
  campaign_id bigint not null,
  contact_id bigint not null,
  operator_id bigint not null,
  switch_id text not null,
  epoch bigint not null,
  attempt smallint not null,
  script_version integer not null,
  e164 text not null,
  state text not null,
  machine jsonb not null,
  version integer default 0 not null,
  operator_bound boolean default true not null,
  number_live boolean default true not null,
  operator_leg uuid not null,
  contact_leg uuid not null,
  manager_leg uuid,
  created_at timestamp with time zone not null,
  ringing_at timestamp with time zone,
  answered_at timestamp with time zone,
  released_at timestamp with time zone,
  ended_at timestamp with time zone,
  talk_ms integer default 0 not null,
  hold_ms integer default 0 not null,
  handed_over_at timestamp with time zone,
  hangup_cause text,
  outcome text,
  ended_by text,
  disposition text,
  disposed_at timestamp with time zone,
  callback_at timestamp with time zone,
  notes text default ''::text not null,
  notes_saved_at timestamp with time zone,
  answers jsonb default '{}'::jsonb not null,
  manager_outcome text,
  manager_outcome_at timestamp with time zone,
  manager_callback_at timestamp with time zone,
  trunk_id text,
  trunk_price bigint default 0 not null,
  manager_price bigint default 0 not null,
  most_minor bigint default 0 not null,
  abandoned_at timestamp with time zone
) with (fillfactor=60);

create table campaign_managers (
  id bigint generated always as identity not null,
  campaign_id bigint not null,
  customer_id bigint not null,
  position smallint not null,
  name text default ''::text not null,
  kind text not null,
  address text,
  accept_key boolean default true not null,
  user_id bigint,
  link_hash text,
  link_made_at timestamp with time zone,
  page_seen_at timestamp with time zone
);

create table campaigns (
  id bigint generated always as identity not null,
  customer_id bigint not null,
  name text not null,
  country character(2) not null,
  language text default 'ru'::text not null,
  time_zone text not null,
  state text default 'draft'::text not null,
  script_version integer default 1 not null,
  priority smallint default 1 not null,
  mask_numbers boolean default true not null,
  max_duration_ms integer default 600000 not null,
  ring_timeout_ms integer default 30000 not null,
  wrap_up_ms integer default 30000 not null,
  max_attempts smallint default 3 not null,
  busy_pause_ms integer default 900000 not null,
  no_answer_pause_ms integer default 7200000 not null,
  window_from time without time zone default '09:00:00'::time without time zone not null,
  window_to time without time zone default '20:00:00'::time without time zone not null,
  window_days smallint[] default '{1,2,3,4,5,6,7}'::smallint[] not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  manager_ring text default 'inTurn'::text not null,
  caller_id text,
  allowed_countries text[],
  allowed_types text[],
  max_live_calls integer,
  max_calls_per_second smallint,
  record_calls boolean default false not null,
  announce_recording boolean default true not null,
  record_after_hand_over boolean default false not null,
  recording_days smallint default 30 not null
);

create table contact_numbers (
  contact_id bigint not null,
  position smallint not null,
  campaign_id bigint not null,
  customer_id bigint not null,
  e164 text not null,
  extension text
);

create table contacts (
  id bigint generated always as identity not null,
  customer_id bigint not null,
  campaign_id bigint not null,
  list_id bigint,
  row_number integer,
  name text default ''::text not null,
  company text default ''::text not null,
  city text default ''::text not null,
  time_zone text not null,
  fields jsonb default '{}'::jsonb not null,
  entered_by bigint,
  state text default 'queued'::text not null,
  attempts smallint default 0 not null,
  last_disposition text,
  created_at timestamp with time zone default now() not null,
  listless_campaign_id bigint default 
CASE
    WHEN (list_id IS NULL) THEN campaign_id
    ELSE NULL::bigint
END
);

create table customers (
  id bigint generated always as identity not null,
  name text not null,
  created_at timestamp with time zone default now() not null
);

create table dnc_numbers (
  id bigint generated always as identity not null,
  customer_id bigint,
  e164 text not null,
  reason text default ''::text not null,
  created_at timestamp with time zone default now() not null
);

create table house_limits (
  id boolean default true not null,
  daily_spend_cap bigint default 500000 not null,
  time_zone text default 'Europe/Moscow'::text not null
);

create table house_secrets (
  name text not null,
  value text not null,
  created_at timestamp with time zone default now() not null
);

create table leg_credentials (
  username text not null,
  operator_id bigint,
  switch_id text not null,
  page_id text,
  a1_hash text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  transfer_id uuid
);

create table list_problems (
  list_id bigint not null,
  customer_id bigint not null,
  row_number integer not null,
  kind text not null,
  reason text not null,
  cells jsonb not null
);

create table lists (
  id bigint generated always as identity not null,
  campaign_id bigint not null,
  customer_id bigint not null,
  file_name text not null,
  format text not null,
  columns jsonb not null,
  accepted integer default 0 not null,
  duplicates integer default 0 not null,
  rejected integer default 0 not null,
  created_by bigint,
  created_at timestamp with time zone default now() not null
);

create table operator_devices (
  id bigint generated always as identity not null,
  operator_id bigint not null,
  name text not null,
  username text not null,
  a1_hash text not null,
  created_at timestamp with time zone default now() not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table operator_entered_numbers (
  operator_id bigint not null,
  e164 text not null,
  created_at timestamp with time zone default now() not null
);

create table operators (
  operator_id bigint not null,
  state text default 'offline'::text not null,
  pause_reason text,
  since timestamp with time zone default now() not null,
  campaign_id bigint,
  switch_id text,
  leg uuid,
  page_id text,
  page_seen_at timestamp with time zone,
  wrap_up_until timestamp with time zone,
  wrap_up_extensions smallint default 0 not null,
  version bigint default 0 not null,
  line_kind text default 'browser'::text not null,
  line_trunk_id text,
  line_price bigint default 0 not null,
  line_most bigint default 0 not null,
  line_since timestamp with time zone
);

create table password_resets (
  token_hash text not null,
  user_id bigint not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);

create table rate_limits (
  key character varying(255) not null,
  points integer default 0 not null,
  expire bigint
);

create table recordings (
  id bigint generated always as identity not null,
  customer_id bigint not null,
  campaign_id bigint not null,
  call_id uuid not null,
  segment smallint not null,
  what text not null,
  switch_id text not null,
  leg uuid not null,
  state text default 'running'::text not null,
  reason text,
  started_at timestamp with time zone not null,
  stopped_at timestamp with time zone,
  offset_ms integer not null,
  duration_ms integer,
  bytes integer,
  format text,
  storage_key text,
  tries smallint default 0 not null,
  next_try_at timestamp with time zone,
  stored_at timestamp with time zone,
  erased_at timestamp with time zone
);

create table recovery_codes (
  user_id bigint not null,
  code_hash text not null,
  used_at timestamp with time zone
);

create table requests (
  id bigint generated always as identity not null,
  switch_id text not null,
  operator_id bigint not null,
  call_id uuid,
  kind text not null,
  payload jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone default now() not null,
  handled_at timestamp with time zone,
  result jsonb
);

create table script_versions (
  campaign_id bigint not null,
  version integer not null,
  customer_id bigint not null,
  script text not null,
  questions jsonb not null,
  dispositions jsonb not null,
  created_by bigint,
  created_at timestamp with time zone default now() not null
);

create table servers (
  id uuid not null,
  listening_since timestamp with time zone default now() not null,
  seen_at timestamp with time zone default now() not null
);

create table spend_days (
  day date not null,
  trunk_id text not null,
  spent bigint default 0 not null
);

create table switches (
  id text not null,
  epoch bigint default 0 not null,
  owner_id text,
  lease_until timestamp with time zone,
  core_uuid text,
  link_up boolean default false not null,
  updated_at timestamp with time zone default now() not null,
  recording_problem text,
  ws_url text,
  practice boolean default true not null,
  directory_hash text,
  sessions integer default 0 not null,
  max_sessions integer,
  link_changed_at timestamp with time zone default now() not null,
  draining_at timestamp with time zone,
  owner_marked boolean default false not null,
  lost_at timestamp with time zone,
  version text
);

create table transfer_tokens (
  token_hash text not null,
  transfer_id uuid not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);

create table transfers (
  id uuid not null,
  customer_id bigint not null,
  call_id uuid not null,
  manager_id bigint,
  manager_name text not null,
  kind text not null,
  state text default 'ringing'::text not null,
  created_at timestamp with time zone not null,
  settled_at timestamp with time zone
);

create table trunk_rates (
  trunk_id text not null,
  prefix text not null,
  price_per_minute bigint not null
);

create table trunks (
  id text not null,
  switch_id text,
  gateway text,
  calls_per_second smallint,
  concurrency integer,
  price_per_minute bigint default 0 not null,
  caller_id text,
  countries text[],
  types text[] default '{mobile,fixed,tollFree}'::text[] not null,
  created_at timestamp with time zone default now() not null
);

create table user_sessions (
  id uuid not null,
  user_id bigint not null,
  created_at timestamp with time zone default now() not null,
  seen_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  address text not null,
  user_agent text not null
);

create table user_totp (
  user_id bigint not null,
  secret_sealed text not null,
  created_at timestamp with time zone default now() not null,
  confirmed_at timestamp with time zone,
  last_step bigint default 0 not null
);

create table users (
  id bigint generated always as identity not null,
  customer_id bigint,
  role text not null,
  email text not null,
  password_hash text not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  password_changed_at timestamp with time zone default now() not null
);

alter table alarm_letters add constraint alarm_letters_alarm_id_user_id_key UNIQUE (alarm_id, user_id);
alter table alarm_letters add constraint alarm_letters_pkey PRIMARY KEY (id);
alter table alarm_letters add constraint alarm_letters_alarm_id_fkey FOREIGN KEY (alarm_id) REFERENCES alarms(id) ON DELETE CASCADE;
alter table alarm_letters add constraint alarm_letters_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
alter table alarms add constraint alarms_pkey PRIMARY KEY (id);
alter table audit_entries add constraint audit_entries_pkey PRIMARY KEY (id);
alter table call_commands add constraint call_commands_pkey PRIMARY KEY (id);
alter table call_commands add constraint call_commands_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id) ON DELETE CASCADE;
alter table call_deadlines add constraint call_deadlines_pkey PRIMARY KEY (call_id, name);
alter table call_deadlines add constraint call_deadlines_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id) ON DELETE CASCADE;
alter table call_queue add constraint call_queue_pkey PRIMARY KEY (contact_id);
alter table call_queue add constraint call_queue_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE;
alter table call_queue add constraint call_queue_priority_check CHECK (((priority >= 0) AND (priority <= 3)));
alter table call_transitions add constraint call_transitions_pkey PRIMARY KEY (call_id, version);
alter table call_transitions add constraint call_transitions_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id) ON DELETE CASCADE;
alter table calls add constraint calls_cost TRIGGER DEFERRABLE INITIALLY DEFERRED;
alter table calls add constraint calls_pkey PRIMARY KEY (id);
alter table calls add constraint calls_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id);
alter table calls add constraint calls_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE;
alter table calls add constraint calls_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table calls add constraint calls_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id);
alter table calls add constraint calls_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table calls add constraint calls_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES trunks(id);
alter table calls add constraint calls_manager_outcome_check CHECK ((manager_outcome = ANY (ARRAY['sold'::text, 'interested'::text, 'no'::text])));
alter table campaign_managers add constraint campaign_managers_position UNIQUE (campaign_id, "position") DEFERRABLE INITIALLY DEFERRED;
alter table campaign_managers add constraint campaign_managers_pkey PRIMARY KEY (id);
alter table campaign_managers add constraint campaign_managers_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE;
alter table campaign_managers add constraint campaign_managers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table campaign_managers add constraint campaign_managers_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id);
alter table campaign_managers add constraint campaign_managers_address CHECK (((kind = 'page'::text) = (address IS NULL)));
alter table campaign_managers add constraint campaign_managers_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'sip'::text, 'page'::text])));
alter table campaign_managers add constraint campaign_managers_link CHECK ((((link_hash IS NULL) = (link_made_at IS NULL)) AND ((link_hash IS NULL) OR (kind = 'page'::text))));
alter table campaigns add constraint campaigns_of_customer UNIQUE (id, customer_id);
alter table campaigns add constraint campaigns_pkey PRIMARY KEY (id);
alter table campaigns add constraint campaigns_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table campaigns add constraint campaigns_allowed_types_check CHECK ((allowed_types <@ '{mobile,fixed,tollFree,other}'::text[]));
alter table campaigns add constraint campaigns_busy_pause_ms_check CHECK (((busy_pause_ms >= 0) AND (busy_pause_ms <= 604800000)));
alter table campaigns add constraint campaigns_caller_id_check CHECK ((caller_id ~ '^\+[1-9][0-9]{6,14}$'::text));
alter table campaigns add constraint campaigns_manager_ring_check CHECK ((manager_ring = ANY (ARRAY['inTurn'::text, 'together'::text])));
alter table campaigns add constraint campaigns_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 20)));
alter table campaigns add constraint campaigns_max_calls_per_second_check CHECK ((max_calls_per_second > 0));
alter table campaigns add constraint campaigns_max_duration_ms_check CHECK (((max_duration_ms >= 10000) AND (max_duration_ms <= 7200000)));
alter table campaigns add constraint campaigns_max_live_calls_check CHECK ((max_live_calls > 0));
alter table campaigns add constraint campaigns_no_answer_pause_ms_check CHECK (((no_answer_pause_ms >= 0) AND (no_answer_pause_ms <= 604800000)));
alter table campaigns add constraint campaigns_priority_check CHECK (((priority >= 0) AND (priority <= 3)));
alter table campaigns add constraint campaigns_recording_days_check CHECK (((recording_days >= 1) AND (recording_days <= 1095)));
alter table campaigns add constraint campaigns_ring_timeout_ms_check CHECK (((ring_timeout_ms >= 5000) AND (ring_timeout_ms <= 120000)));
alter table campaigns add constraint campaigns_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'finished'::text])));
alter table campaigns add constraint campaigns_window CHECK (((window_from < window_to) AND (cardinality(window_days) > 0)));
alter table campaigns add constraint campaigns_wrap_up_ms_check CHECK (((wrap_up_ms >= 5000) AND (wrap_up_ms <= 600000)));
alter table contact_numbers add constraint contact_numbers_unique_in_campaign UNIQUE (campaign_id, e164);
alter table contact_numbers add constraint contact_numbers_pkey PRIMARY KEY (contact_id, "position");
alter table contact_numbers add constraint contact_numbers_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE;
alter table contact_numbers add constraint contact_numbers_e164_check CHECK ((starts_with(e164, '+'::text) AND ((length(e164) >= 8) AND (length(e164) <= 16)) AND (substr(e164, 2, 1) <> '0'::text) AND (ltrim(substr(e164, 2), '0123456789'::text) = ''::text)));
alter table contact_numbers add constraint contact_numbers_extension_check CHECK ((extension ~ '^[0-9]{1,8}$'::text));
alter table contacts add constraint contacts_pkey PRIMARY KEY (id);
alter table contacts add constraint contacts_campaign_fkey FOREIGN KEY (listless_campaign_id, customer_id) REFERENCES campaigns(id, customer_id) ON DELETE CASCADE;
alter table contacts add constraint contacts_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES users(id);
alter table contacts add constraint contacts_list_fkey FOREIGN KEY (list_id, campaign_id, customer_id) REFERENCES lists(id, campaign_id, customer_id) ON DELETE CASCADE;
alter table contacts add constraint contacts_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'finished'::text])));
alter table customers add constraint customers_pkey PRIMARY KEY (id);
alter table dnc_numbers add constraint dnc_numbers_unique UNIQUE NULLS NOT DISTINCT (customer_id, e164);
alter table dnc_numbers add constraint dnc_numbers_pkey PRIMARY KEY (id);
alter table dnc_numbers add constraint dnc_numbers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table house_limits add constraint house_limits_pkey PRIMARY KEY (id);
alter table house_limits add constraint house_limits_daily_spend_cap_check CHECK ((daily_spend_cap >= 0));
alter table house_limits add constraint house_limits_id_check CHECK (id);
alter table house_secrets add constraint house_secrets_pkey PRIMARY KEY (name);
alter table leg_credentials add constraint leg_credentials_pkey PRIMARY KEY (username);
alter table leg_credentials add constraint leg_credentials_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id);
alter table leg_credentials add constraint leg_credentials_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table leg_credentials add constraint leg_credentials_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfers(id) ON DELETE CASCADE;
alter table leg_credentials add constraint leg_credentials_whose CHECK ((((operator_id IS NULL) <> (transfer_id IS NULL)) AND ((operator_id IS NULL) = (page_id IS NULL))));
alter table list_problems add constraint list_problems_pkey PRIMARY KEY (list_id, row_number);
alter table list_problems add constraint list_problems_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table list_problems add constraint list_problems_list_id_fkey FOREIGN KEY (list_id) REFERENCES lists(id) ON DELETE CASCADE;
alter table list_problems add constraint list_problems_kind_check CHECK ((kind = ANY (ARRAY['duplicate'::text, 'rejected'::text])));
alter table lists add constraint lists_of_campaign UNIQUE (id, campaign_id, customer_id);
alter table lists add constraint lists_pkey PRIMARY KEY (id);
alter table lists add constraint lists_campaign_fkey FOREIGN KEY (campaign_id, customer_id) REFERENCES campaigns(id, customer_id) ON DELETE CASCADE;
alter table lists add constraint lists_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id);
alter table operator_devices add constraint operator_devices_username_key UNIQUE (username);
alter table operator_devices add constraint operator_devices_pkey PRIMARY KEY (id);
alter table operator_devices add constraint operator_devices_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id) ON DELETE CASCADE;
alter table operator_entered_numbers add constraint operator_entered_numbers_pkey PRIMARY KEY (operator_id, e164);
alter table operator_entered_numbers add constraint operator_entered_numbers_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id);
alter table operators add constraint operators_pkey PRIMARY KEY (operator_id);
alter table operators add constraint operators_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id);
alter table operators add constraint operators_line_trunk_id_fkey FOREIGN KEY (line_trunk_id) REFERENCES trunks(id);
alter table operators add constraint operators_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id);
alter table operators add constraint operators_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table operators add constraint operators_line_kind_check CHECK ((line_kind = ANY (ARRAY['browser'::text, 'device'::text, 'phone'::text])));
alter table operators add constraint operators_state_check CHECK ((state = ANY (ARRAY['offline'::text, 'connecting'::text, 'ready'::text, 'reserved'::text, 'onCall'::text, 'wrapUp'::text, 'paused'::text])));
alter table password_resets add constraint password_resets_pkey PRIMARY KEY (token_hash);
alter table password_resets add constraint password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
alter table rate_limits add constraint rate_limits_pkey PRIMARY KEY (key);
alter table recordings add constraint recordings_segment UNIQUE (call_id, segment);
alter table recordings add constraint recordings_pkey PRIMARY KEY (id);
alter table recordings add constraint recordings_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id);
alter table recordings add constraint recordings_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id);
alter table recordings add constraint recordings_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table recordings add constraint recordings_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table recordings add constraint recordings_erased CHECK (((state = 'erased'::text) = (erased_at IS NOT NULL)));
alter table recordings add constraint recordings_state_check CHECK ((state = ANY (ARRAY['running'::text, 'stored'::text, 'failed'::text, 'erased'::text])));
alter table recordings add constraint recordings_stored CHECK (((state <> 'stored'::text) OR ((storage_key IS NOT NULL) AND (bytes IS NOT NULL) AND (duration_ms IS NOT NULL) AND (format IS NOT NULL))));
alter table recordings add constraint recordings_what_check CHECK ((what = ANY (ARRAY['conversation'::text, 'briefing'::text, 'handedOver'::text])));
alter table recovery_codes add constraint recovery_codes_pkey PRIMARY KEY (user_id, code_hash);
alter table recovery_codes add constraint recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
alter table requests add constraint requests_pkey PRIMARY KEY (id);
alter table requests add constraint requests_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id) ON DELETE CASCADE;
alter table requests add constraint requests_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id);
alter table requests add constraint requests_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table script_versions add constraint script_versions_pkey PRIMARY KEY (campaign_id, version);
alter table script_versions add constraint script_versions_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE;
alter table script_versions add constraint script_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id);
alter table script_versions add constraint script_versions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table servers add constraint servers_pkey PRIMARY KEY (id);
alter table spend_days add constraint spend_days_pkey PRIMARY KEY (day, trunk_id);
alter table spend_days add constraint spend_days_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES trunks(id);
alter table switches add constraint switches_pkey PRIMARY KEY (id);
alter table switches add constraint switches_max_sessions_check CHECK ((max_sessions > 0));
alter table transfer_tokens add constraint transfer_tokens_pkey PRIMARY KEY (token_hash);
alter table transfer_tokens add constraint transfer_tokens_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfers(id) ON DELETE CASCADE;
alter table transfers add constraint transfers_pkey PRIMARY KEY (id);
alter table transfers add constraint transfers_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls(id) ON DELETE CASCADE;
alter table transfers add constraint transfers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table transfers add constraint transfers_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES campaign_managers(id) ON DELETE SET NULL;
alter table transfers add constraint transfers_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'sip'::text, 'page'::text])));
alter table transfers add constraint transfers_state_check CHECK ((state = ANY (ARRAY['ringing'::text, 'accepted'::text, 'handedOver'::text, 'taken'::text, 'busy'::text, 'noAnswer'::text, 'declined'::text, 'later'::text, 'failed'::text, 'hungUp'::text, 'cancelled'::text, 'contactHungUp'::text, 'operatorLost'::text])));
alter table trunk_rates add constraint trunk_rates_pkey PRIMARY KEY (trunk_id, prefix);
alter table trunk_rates add constraint trunk_rates_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES trunks(id) ON DELETE CASCADE;
alter table trunk_rates add constraint trunk_rates_prefix_check CHECK ((prefix ~ '^[1-9][0-9]{0,14}$'::text));
alter table trunk_rates add constraint trunk_rates_price_per_minute_check CHECK ((price_per_minute >= 0));
alter table trunks add constraint trunks_pkey PRIMARY KEY (id);
alter table trunks add constraint trunks_switch_id_fkey FOREIGN KEY (switch_id) REFERENCES switches(id);
alter table trunks add constraint trunks_caller_id_check CHECK ((caller_id ~ '^\+[1-9][0-9]{6,14}$'::text));
alter table trunks add constraint trunks_calls_per_second_check CHECK ((calls_per_second > 0));
alter table trunks add constraint trunks_concurrency_check CHECK ((concurrency > 0));
alter table trunks add constraint trunks_price_per_minute_check CHECK ((price_per_minute >= 0));
alter table trunks add constraint trunks_types_check CHECK ((types <@ '{mobile,fixed,tollFree,other}'::text[]));
alter table user_sessions add constraint user_sessions_pkey PRIMARY KEY (id);
alter table user_sessions add constraint user_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
alter table user_totp add constraint user_totp_pkey PRIMARY KEY (user_id);
alter table user_totp add constraint user_totp_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
alter table users add constraint users_email_unique UNIQUE (email);
alter table users add constraint users_pkey PRIMARY KEY (id);
alter table users add constraint users_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
alter table users add constraint users_email_check CHECK ((email = lower(email)));
alter table users add constraint users_role_check CHECK ((role = ANY (ARRAY['customer'::text, 'operator'::text, 'manager'::text, 'moderator'::text, 'admin'::text])));
alter table users add constraint users_tenant CHECK (((role = ANY (ARRAY['customer'::text, 'manager'::text])) = (customer_id IS NOT NULL)));

CREATE INDEX alarm_letters_due ON public.alarm_letters USING btree (next_try_at) WHERE (sent_at IS NULL);
CREATE UNIQUE INDEX alarms_open ON public.alarms USING btree (kind, subject) WHERE (cleared_at IS NULL);
CREATE INDEX audit_entries_user ON public.audit_entries USING btree (user_id, id DESC);
CREATE INDEX call_commands_done_at ON public.call_commands USING brin (done_at);
CREATE INDEX call_commands_pending ON public.call_commands USING btree (switch_id, id) WHERE (done_at IS NULL);
CREATE INDEX call_deadlines_due ON public.call_deadlines USING btree (switch_id, at);
CREATE INDEX call_queue_claimable ON public.call_queue USING btree (campaign_id, priority, next_attempt_at, contact_id) WHERE (claimed_by IS NULL);
CREATE INDEX call_queue_claims ON public.call_queue USING btree (claimed_by, lease_until) WHERE (claimed_by IS NOT NULL);
CREATE INDEX call_transitions_at ON public.call_transitions USING brin (at);
CREATE INDEX calls_campaign_live ON public.calls USING btree (campaign_id, created_at) WHERE (ended_at IS NULL);
CREATE INDEX calls_contact ON public.calls USING btree (contact_id);
CREATE UNIQUE INDEX calls_contact_leg ON public.calls USING btree (contact_leg);
CREATE INDEX calls_live ON public.calls USING btree (switch_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX calls_one_live_per_number ON public.calls USING btree (e164) WHERE number_live;
CREATE UNIQUE INDEX calls_one_live_per_operator ON public.calls USING btree (operator_id) WHERE operator_bound;
CREATE INDEX calls_operator ON public.calls USING btree (operator_id, created_at DESC);
CREATE INDEX calls_results ON public.calls USING btree (campaign_id, created_at DESC, id);
CREATE INDEX calls_results_disposition ON public.calls USING btree (campaign_id, disposition, created_at DESC, id) WHERE (disposition IS NOT NULL);
CREATE INDEX calls_results_operator ON public.calls USING btree (campaign_id, operator_id, created_at DESC, id);
CREATE INDEX calls_results_outcome ON public.calls USING btree (campaign_id, outcome, created_at DESC, id) WHERE (outcome IS NOT NULL);
CREATE INDEX calls_trunk_at ON public.calls USING btree (trunk_id, created_at) WHERE (trunk_id IS NOT NULL);
CREATE INDEX calls_trunk_live ON public.calls USING btree (trunk_id) INCLUDE (most_minor) WHERE ((ended_at IS NULL) AND (trunk_id IS NOT NULL));
CREATE INDEX calls_undisposed ON public.calls USING btree (operator_id, created_at DESC) WHERE (disposition IS NULL);
CREATE UNIQUE INDEX campaign_managers_link_hash ON public.campaign_managers USING btree (link_hash) WHERE (link_hash IS NOT NULL);
CREATE INDEX campaign_managers_user ON public.campaign_managers USING btree (user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX campaigns_customer ON public.campaigns USING btree (customer_id);
CREATE INDEX campaigns_running ON public.campaigns USING btree (id) WHERE (state = 'running'::text);
CREATE INDEX contacts_campaign_order ON public.contacts USING btree (campaign_id, id);
CREATE INDEX contacts_listless ON public.contacts USING btree (listless_campaign_id) WHERE (listless_campaign_id IS NOT NULL);
CREATE INDEX lists_campaign ON public.lists USING btree (campaign_id);
CREATE INDEX operator_devices_operator ON public.operator_devices USING btree (operator_id);
CREATE UNIQUE INDEX operators_leg ON public.operators USING btree (leg) WHERE (leg IS NOT NULL);
CREATE INDEX operators_on_line ON public.operators USING btree (switch_id) WHERE (leg IS NOT NULL);
CREATE INDEX password_resets_user ON public.password_resets USING btree (user_id);
CREATE INDEX recordings_kept ON public.recordings USING btree (campaign_id, started_at) WHERE (state = 'stored'::text);
CREATE INDEX recordings_running ON public.recordings USING btree (switch_id, started_at) WHERE (state = 'running'::text);
CREATE INDEX requests_created_at ON public.requests USING brin (created_at);
CREATE INDEX requests_pending ON public.requests USING btree (switch_id, id) WHERE (handled_at IS NULL);
CREATE UNIQUE INDEX switches_directory_hash ON public.switches USING btree (directory_hash) WHERE (directory_hash IS NOT NULL);
CREATE INDEX transfer_tokens_transfer ON public.transfer_tokens USING btree (transfer_id);
CREATE INDEX transfers_call ON public.transfers USING btree (call_id);
CREATE INDEX transfers_manager ON public.transfers USING btree (manager_id, created_at DESC);
CREATE INDEX user_sessions_user ON public.user_sessions USING btree (user_id, created_at DESC);

CREATE OR REPLACE FUNCTION public.begin_call(a jsonb, deadlines jsonb, commands jsonb, lock bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  in_operator bigint := a->>'operatorId';
  in_contact bigint := a->>'contactId';
  in_campaign bigint := a->>'campaignId';
  in_switch text := a->>'switchId';
  in_trunk text := a->>'limitsOf';
  in_most bigint := a->>'most';
  in_id uuid := a->>'id';
  in_at timestamptz := to_timestamp((a->>'createdAt')::double precision);
  refused text;
  ids jsonb;
begin
  -- The operator first, as everywhere: a pause and a call at once must not lock each other out.
  perform from operators o where o.operator_id = in_operator and o.state = 'ready' and o.switch_id = in_switch and o.leg = (a->>'operatorLeg')::uuid for update;
  if not found then return '{"refused": "changed"}'; end if;
  perform from call_queue q join contacts c on c.id = q.contact_id
    where q.contact_id = in_contact and q.claimed_by = in_operator and q.lease_until > now() and c.attempts = (a->>'attempt')::int - 1 for update of q, c;
  if not found then return '{"refused": "changed"}'; end if;
  if in_trunk is not null then
    perform pg_advisory_xact_lock(lock);
    select case
      when in_most > 0 and u.spent + u.live_most + in_most > h.daily_spend_cap then 'spendCapReached'
      when u.of_trunk_live >= t.concurrency then 'trunkBusy'
      when u.of_campaign_live >= p.max_live_calls then 'campaignBusy'
      when u.of_trunk_rate >= t.calls_per_second then 'trunkRate'
      when u.of_campaign_rate >= p.max_calls_per_second then 'campaignRate' end
    into refused from trunks t, campaigns p, house_limits h, lateral (select
      case when t.calls_per_second is not null then (select count(*) from calls k where k.trunk_id = in_trunk and k.created_at > clock_timestamp() - interval '1 s') end as of_trunk_rate,
      case when t.concurrency is not null then (select count(*) + count(k.manager_leg) from calls k where k.trunk_id = in_trunk and k.ended_at is null) end as of_trunk_live,
      case when p.max_calls_per_second is not null then (select count(*) from calls k where k.campaign_id = in_campaign and k.created_at > clock_timestamp() - interval '1 s' and k.ended_at is null) end as of_campaign_rate,
      case when p.max_live_calls is not null then (select count(*) from calls k where k.campaign_id = in_campaign and k.ended_at is null) end as of_campaign_live,
      case when in_most > 0 then (select coalesce(sum(s.spent), 0) from spend_days s where s.day = (now() at time zone h.time_zone)::date) end as spent,
      case when in_most > 0 then (select coalesce(sum(k.most_minor), 0) from calls k where k.ended_at is null and k.trunk_id is not null) + (select coalesce(sum(o.line_most), 0) from operators o where o.line_most > 0) end as live_most) u
    where t.id = in_trunk and p.id = in_campaign;
    if refused is not null then return jsonb_build_object('refused', refused); end if;
  end if;
  -- Nothing but the switch's row is waited for from here on: a number that was barred since the claim was read is not rung.
  if exists (select from dnc_numbers d where d.e164 = a->>'e164' and (d.customer_id is null or d.customer_id = (a->>'customerId')::bigint)) then return '{"refused": "changed"}'; end if;
  perform from switches s where s.id = in_switch and s.epoch = (a->>'epoch')::bigint for share;
  if not found then return '{"refused": "stale"}'; end if;
  delete from call_queue where contact_id = in_contact;
  update contacts set attempts = attempts + 1 where id = in_contact;
  update operators set state = 'onCall', since = now(), version = version + 1 where operator_id = in_operator;
  insert into calls (id, customer_id, campaign_id, contact_id, operator_id, switch_id, epoch, attempt, script_version, e164, state, machine, operator_leg, contact_leg, created_at, trunk_id, trunk_price, manager_price, most_minor)
    values (in_id, (a->>'customerId')::bigint, in_campaign, in_contact, in_operator, in_switch, (a->>'epoch')::bigint, (a->>'attempt')::smallint, (a->>'scriptVersion')::int, a->>'e164', a->'machine'->>'state', a->'machine',
      (a->>'operatorLeg')::uuid, (a->>'contactLeg')::uuid, in_at, a->>'trunkId', (a->>'trunkPrice')::bigint, (a->>'managerPrice')::bigint, (a->>'mostMinor')::bigint);
  insert into call_transitions (call_id, version, at, event, from_state, to_state) values (in_id, 0, in_at, '{"type":"CallStarted"}', 'none', a->'machine'->>'state');
  insert into call_deadlines (call_id, name, switch_id, at) select in_id, x.name, in_switch, to_timestamp(x.at / 1000) from jsonb_to_recordset(deadlines) as x(name text, at double precision);
  with written as (
    insert into call_commands (call_id, switch_id, epoch, command)
    select in_id, in_switch, (a->>'epoch')::bigint, x.value from jsonb_array_elements(commands) with ordinality as x(value, n) order by x.n returning id)
  select jsonb_agg(id::text order by id) into ids from written;
  -- The request that this call answers: carried out and answered in one, so that it is never carried out twice.
  update requests r set handled_at = now(), result = jsonb_build_object('ok', true, 'callId', in_id) where r.id = (a->>'requestId')::bigint and r.handled_at is null;
  -- Last, when nothing is waited for any more: a key pressed long ago is never carried out late.
  if exists (select from requests r where r.id = (a->>'requestId')::bigint and r.created_at < clock_timestamp() - (a->>'staleAfterMs')::int * interval '1 ms') then
    raise exception 'the request waited too long' using errcode = 'XL001';
  end if;
  return jsonb_build_object('commandIds', coalesce(ids, '[]'));
end $function$
;

CREATE OR REPLACE FUNCTION public.call_cost(k calls)
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select k.trunk_price * ceil(coalesce(extract(epoch from k.ended_at - k.answered_at), 0) / 60)::bigint
    + k.manager_price * coalesce((
      select sum(ceil(greatest(extract(epoch from case when t.state = 'handedOver' then k.ended_at else least(coalesce(t.settled_at, k.ended_at), k.ended_at) end - t.created_at), 0) / 60))
      from transfers t where t.call_id = k.id and t.kind = 'phone' and t.state not in ('busy','failed','declined')), 0)::bigint
$function$
;

CREATE OR REPLACE FUNCTION public.claim_contact(in_campaign bigint, in_operator bigint, lease_ms integer, after_at timestamp with time zone[], after_id bigint[])
 RETURNS TABLE(contact bigint, of_priority smallint, due_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
declare
  has_entered boolean := exists (select from operator_entered_numbers e where e.operator_id = in_operator);
begin
  perform set_config('synchronous_commit', 'off', true);
  for p in reverse 3..0 loop
    return query
      update call_queue u set claimed_by = in_operator, lease_until = now() + lease_ms * interval '1 ms'
      where u.contact_id = (
        select q.contact_id from call_queue q
        where q.campaign_id = in_campaign and q.priority = p and q.claimed_by is null and q.next_attempt_at <= now()
          and (q.next_attempt_at, q.contact_id) > (after_at[p + 1], after_id[p + 1])
          and q.entered_by is distinct from in_operator
          and not (has_entered and exists (
            select from contact_numbers n join operator_entered_numbers e on e.operator_id = in_operator and e.e164 = n.e164
            where n.contact_id = q.contact_id))
        order by q.next_attempt_at, q.contact_id
        limit 1 for update skip locked)
      returning u.contact_id, u.priority, u.next_attempt_at;
    if found then return; end if;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION public.claim_next(in_operator bigint, in_campaign bigint, lease_ms integer, after_at timestamp with time zone[], after_id bigint[])
 RETURNS TABLE(contact bigint, of_priority smallint, due_at timestamp with time zone, time_zone text, window_from text, window_to text, window_days smallint[], number_position smallint, now_ms double precision)
 LANGUAGE plpgsql
AS $function$
declare
  claimed record;
begin
  -- Locked, so that server and controller do not claim two at once and a pause that came first wins.
  perform from operators o join campaigns p on p.id = o.campaign_id
    where o.operator_id = in_operator and o.campaign_id = in_campaign and o.state = 'ready' and p.state = 'running' for update of o for share of p;
  if not found then return; end if;
  select q.contact_id as contact, null::smallint as of_priority, null::timestamptz as due_at into claimed
    from call_queue q where q.claimed_by = in_operator and q.campaign_id = in_campaign and q.lease_until > now() limit 1;
  if not found then
    select f.contact, f.of_priority, f.due_at into claimed from claim_contact(in_campaign, in_operator, lease_ms, after_at, after_id) f;
  end if;
  return query select claimed.contact, claimed.of_priority, claimed.due_at, c.time_zone, p.window_from::text, p.window_to::text, p.window_days, q.number_position, extract(epoch from now())::float8 * 1000
    from call_queue q join contacts c on c.id = q.contact_id join campaigns p on p.id = q.campaign_id where q.contact_id = claimed.contact;
end $function$
;

CREATE OR REPLACE FUNCTION public.count_call_cost()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into spend_days (day, trunk_id, spent)
  select (new.ended_at at time zone h.time_zone)::date, new.trunk_id, call_cost(new) from house_limits h
  on conflict (day, trunk_id) do update set spent = spend_days.spent + excluded.spent;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.count_line_cost()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.line_trunk_id is null then
    return new;
  end if;
  if old.leg is null and new.leg is not null then
    new.line_since := now();
  elsif (old.leg is not null and new.leg is distinct from old.leg) or (new.leg is null and new.state = 'offline') then
    insert into spend_days (day, trunk_id, spent)
    select (now() at time zone h.time_zone)::date, old.line_trunk_id, old.line_price * ceil(extract(epoch from now() - old.line_since) / 60)::bigint
    from house_limits h where old.line_since is not null
    on conflict (day, trunk_id) do update set spent = spend_days.spent + excluded.spent;
    new.line_trunk_id := null;
    new.line_price := 0;
    new.line_most := 0;
    new.line_since := null;
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.read_claim(in_operator bigint, in_contact bigint, in_switch text, in_trunk text)
 RETURNS SETOF jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select to_jsonb(x) from (
    select q.campaign_id::text, q.customer_id::text, p.state as campaign_state, p.language, p.country, p.manager_ring, p.script_version,
      coalesce((select jsonb_agg(jsonb_build_object('id', m.id::text, 'kind', m.kind, 'address', m.address, 'acceptKey', m.accept_key, 'price', trunk_price(in_trunk, m.address)::text) order by m.position)
        from campaign_managers m where m.campaign_id = p.id), '[]') as managers,
      p.ring_timeout_ms, p.max_duration_ms, p.max_attempts, p.window_from::text, p.window_to::text, p.window_days, p.record_calls, p.announce_recording, p.record_after_hand_over,
      c.time_zone as contact_time_zone, c.attempts, n.e164, n.extension, n.position,
      case when o.switch_id = in_switch then o.leg end as operator_leg, o.state as operator_state,
      exists (select from switches s where s.id = in_switch and s.draining_at is not null) as draining,
      exists (select from dnc_numbers d where d.e164 = n.e164 and (d.customer_id is null or d.customer_id = q.customer_id)) as dnc,
      exists (select from operator_entered_numbers e where e.operator_id = in_operator and e.e164 = n.e164) as entered,
      (select to_jsonb(l) from (select t.gateway, t.calls_per_second, t.concurrency, t.caller_id as trunk_caller, t.countries, t.types,
        p.caller_id as campaign_caller, p.allowed_countries, p.allowed_types, p.max_live_calls, p.max_calls_per_second, trunk_price(t.id, n.e164)::text as price
        from trunks t where t.id = in_trunk and (t.switch_id is null or t.switch_id = in_switch)) l) as limits
    from call_queue q
      join contacts c on c.id = q.contact_id
      join campaigns p on p.id = q.campaign_id
      join lateral (select * from contact_numbers n where n.contact_id = c.id order by n.position = q.number_position desc, n.position limit 1) n on true
      join operators o on o.operator_id = in_operator
    where q.contact_id = in_contact and q.claimed_by = in_operator and q.lease_until > now()) x
$function$
;

CREATE OR REPLACE FUNCTION public.refuse_change_of_audit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $function$
;

CREATE OR REPLACE FUNCTION public.trunk_price(of_trunk text, of_number text)
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(
    (select r.price_per_minute from trunk_rates r where r.trunk_id = of_trunk and ltrim(of_number, '+') like r.prefix || '%' order by length(r.prefix) desc limit 1),
    (select t.price_per_minute from trunks t where t.id = of_trunk), 0)
$function$
;

CREATE TRIGGER audit_entries_never_emptied BEFORE TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_entries_only_added_to BEFORE DELETE OR UPDATE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE CONSTRAINT TRIGGER calls_cost AFTER UPDATE OF ended_at ON public.calls DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL) AND (new.trunk_id IS NOT NULL))) EXECUTE FUNCTION count_call_cost();
CREATE TRIGGER operators_line_cost BEFORE UPDATE ON public.operators FOR EACH ROW WHEN ((old.line_trunk_id IS NOT NULL)) EXECUTE FUNCTION count_line_cost();
