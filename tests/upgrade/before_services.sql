-- A database of the version before services registered themselves: its tables, and one row or more in each. It was made by
-- that version's own requests; a program of today has to start on it. Statements are separated by lines of two dashes.
create table schema_migrations (version varchar primary key)
--
create table archway_migration_checksums (
  version varchar primary key,
  file_name text not null,
  sha256 text not null
)
--
create table accounts (
  id uuid not null,
  kind text not null,
  profile_id uuid,
  currency text not null,
  balance bigint not null default 0,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_id_currency_key UNIQUE (id, currency),
  constraint accounts_balance_limit CHECK (abs(balance) <= '1000000000000000000'::bigint),
  constraint accounts_balance_not_negative CHECK (balance >= 0 OR kind = 'settlement'::text),
  constraint accounts_closed_empty CHECK (closed_at IS NULL OR balance = 0),
  constraint accounts_currency_form CHECK (currency ~ '^[A-Z]{3}$'::text),
  constraint accounts_kind_known CHECK (kind = ANY (ARRAY['customer'::text, 'settlement'::text])),
  constraint accounts_profile_of_customer CHECK ((kind = 'customer'::text) = (profile_id IS NOT NULL)),
  constraint accounts_version_positive CHECK (version > 0)
)
--
create table broker_messages (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint broker_messages_pkey PRIMARY KEY ("position")
)
--
create table entries (
  transfer_id uuid not null,
  account_id uuid not null,
  currency text not null,
  kind text not null,
  amount bigint not null,
  balance bigint not null,
  payment_id uuid,
  refund_id uuid,
  created_at timestamp with time zone not null,
  constraint entries_pkey PRIMARY KEY (transfer_id, account_id),
  constraint entries_amount_range CHECK (amount <> 0 AND abs(amount) <= '1000000000000000'::bigint),
  constraint entries_kind_known CHECK (kind = ANY (ARRAY['deposit'::text, 'payment'::text, 'refund'::text])),
  constraint entries_payment_told CHECK ((kind = 'deposit'::text) = (payment_id IS NULL)),
  constraint entries_refund_told CHECK ((kind = 'refund'::text) = (refund_id IS NOT NULL))
)
--
create table events (
  "position" bigint not null generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  stream text not null,
  version bigint not null,
  type text not null,
  schema_version integer not null default 1,
  data jsonb not null,
  metadata jsonb not null,
  recorded_at timestamp with time zone not null,
  constraint events_pkey PRIMARY KEY ("position"),
  constraint events_stream_version_key UNIQUE (stream, version),
  constraint events_schema_version_check CHECK (schema_version > 0),
  constraint events_stream_check CHECK (length(stream) >= 1 AND length(stream) <= 200),
  constraint events_version_check CHECK (version > 0)
)
--
create table idempotency_keys (
  id bytea not null,
  operation text not null,
  fingerprint bytea not null,
  status smallint not null,
  headers jsonb not null,
  body bytea,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (id),
  constraint idempotency_keys_fingerprint_check CHECK (octet_length(fingerprint) = 32),
  constraint idempotency_keys_id_check CHECK (octet_length(id) = 32),
  constraint idempotency_keys_status_check CHECK (status >= 200 AND status <= 499)
)
--
create table outbox (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint outbox_pkey PRIMARY KEY ("position")
)
--
create table payments (
  id uuid not null,
  payer_account_id uuid not null,
  payee_account_id uuid not null,
  currency text not null,
  amount bigint not null,
  refunded bigint not null default 0,
  description text,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint payments_pkey PRIMARY KEY (id),
  constraint payments_id_currency_key UNIQUE (id, currency),
  constraint payments_accounts_differ CHECK (payer_account_id <> payee_account_id),
  constraint payments_amount_range CHECK (amount >= 1 AND amount <= '1000000000000000'::bigint),
  constraint payments_description_length CHECK (char_length(description) <= 140),
  constraint payments_refunded_range CHECK (refunded >= 0 AND refunded <= amount),
  constraint payments_version_positive CHECK (version > 0)
)
--
create table profiles (
  id uuid not null,
  name text not null,
  email text,
  age smallint,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  owner text,
  constraint profiles_pkey PRIMARY KEY (id),
  constraint profiles_age_range CHECK (age >= 1 AND age <= 150),
  constraint profiles_email_length CHECK (char_length(email) <= 254),
  constraint profiles_name_length CHECK (char_length(name) >= 1 AND char_length(name) <= 100),
  constraint profiles_version_positive CHECK (version > 0)
)
--
create table refunds (
  payment_id uuid not null,
  id uuid not null,
  currency text not null,
  amount bigint not null,
  description text,
  created_at timestamp with time zone not null,
  constraint refunds_pkey PRIMARY KEY (payment_id, id),
  constraint refunds_amount_range CHECK (amount >= 1 AND amount <= '1000000000000000'::bigint),
  constraint refunds_description_length CHECK (char_length(description) <= 140)
)
--
create table webhook_deliveries (
  id uuid not null,
  endpoint_id uuid not null,
  "position" bigint not null,
  stream text not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  retry_requested boolean not null default false,
  last_status integer,
  last_error text,
  created_at timestamp with time zone not null,
  attempted_at timestamp with time zone,
  settled_at timestamp with time zone,
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_once UNIQUE (endpoint_id, "position"),
  constraint webhook_deliveries_settled CHECK ((state = 'pending'::text) = (settled_at IS NULL)),
  constraint webhook_deliveries_state CHECK (state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text]))
)
--
create table webhook_endpoints (
  id uuid not null,
  owner text,
  url text not null,
  event_types text[] not null,
  sealed_secret bytea not null,
  pace text not null default 'unknown'::text,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_has_types CHECK (cardinality(event_types) > 0),
  constraint webhook_endpoints_pace CHECK (pace = ANY (ARRAY['unknown'::text, 'quick'::text, 'slow'::text])),
  constraint webhook_endpoints_url_length CHECK (char_length(url) >= 1 AND char_length(url) <= 2048)
)
--
create table webhook_lanes (
  endpoint_id uuid not null,
  stream text not null,
  due_at timestamp with time zone not null,
  scheduled_at timestamp with time zone not null,
  lease uuid,
  constraint webhook_lanes_pkey PRIMARY KEY (endpoint_id, stream)
)
--
insert into accounts (id, kind, profile_id, currency, balance, version, created_at, updated_at, closed_at) values ('01a22747-b622-759c-9e21-20c383bdd703', 'customer', '01a22747-b5cb-723d-a064-f1dc14361fbc', 'BRL', '9000', '4', '2026-11-29 12:29:00.868+00', '2026-11-29 12:29:01.375+00', null)
--
insert into accounts (id, kind, profile_id, currency, balance, version, created_at, updated_at, closed_at) values ('01a22747-b69a-74b4-b2ee-dc37c4d2c39b', 'customer', '01a22747-b60a-766b-b231-2d3f74869a36', 'BRL', '1000', '3', '2026-11-29 12:29:00.964+00', '2026-11-29 12:29:01.375+00', null)
--
insert into accounts (id, kind, profile_id, currency, balance, version, created_at, updated_at, closed_at) values ('01a22747-b754-7170-bf2e-85ea0eb2b17b', 'settlement', null, 'BRL', '-10000', '2', '2026-11-29 12:29:01.14+00', '2026-11-29 12:29:01.163+00', null)
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261122000001', '20261122000001_create_profiles.sql', '5f7c743eecbc6527828b01dc09e609b77be2e3bdd9e6db32b3f2d67f852b2964')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261122000002', '20261122000002_add_profile_owner.sql', '01f828c099d469f15ea07da59c5b96bf65eeeed333a1ca86d951699972d4e0c6')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261122000003', '20261122000003_index_profiles_by_owner.sql', '1d86428d0ab2a91f655beda1d2f9a1f1da5312d8fd0101363f3c85e7fa724c39')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261126000001', '20261126000001_create_events.sql', '1dcdbceec7280fb678b739518eb4c11b28e2a4ff3cb8c8b4402a4e0661345062')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261126000002', '20261126000002_create_idempotency_keys.sql', 'dce3d48c14185ea277d34990b7c8839f39e10c1adc97fde7995e09d04498692f')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261126000003', '20261126000003_create_accounts_and_payments.sql', '397a551810593b379f4d1bfae39bd6dcf8e79d0f0364f03ca2f0e2246e806464')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261126000004', '20261126000004_keep_events.sql', '1e43dc2dbfa381ca3ddc37c330399d6e231003a51278d9c944e0af46ecda397e')
--
insert into archway_migration_checksums (version, file_name, sha256) values ('20261126000100', '20261126000100_create_webhooks.sql', 'ff7b86559f5ad20a0b388404ab680be11c1f9b281c778060f88ea9c33acf3651')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b76b-750e-92a2-8fe0c706cd15', '01a22747-b622-759c-9e21-20c383bdd703', 'BRL', 'deposit', '10000', '10000', null, null, '2026-11-29 12:29:01.163+00')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b76b-750e-92a2-8fe0c706cd15', '01a22747-b754-7170-bf2e-85ea0eb2b17b', 'BRL', 'deposit', '-10000', '-10000', null, null, '2026-11-29 12:29:01.163+00')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b7e7-70f8-9778-0be466664782', '01a22747-b622-759c-9e21-20c383bdd703', 'BRL', 'payment', '-1234', '8766', '01a22747-b7de-7400-ab21-e3e7d5641907', null, '2026-11-29 12:29:01.289+00')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b7e7-70f8-9778-0be466664782', '01a22747-b69a-74b4-b2ee-dc37c4d2c39b', 'BRL', 'payment', '1234', '1234', '01a22747-b7de-7400-ab21-e3e7d5641907', null, '2026-11-29 12:29:01.289+00')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b83f-7159-81f6-9cf294de1c43', '01a22747-b622-759c-9e21-20c383bdd703', 'BRL', 'refund', '234', '9000', '01a22747-b7de-7400-ab21-e3e7d5641907', '5f8a4c0e-7d5b-4f0c-9a53-0f4b6f1d2c3e', '2026-11-29 12:29:01.375+00')
--
insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at) values ('01a22747-b83f-7159-81f6-9cf294de1c43', '01a22747-b69a-74b4-b2ee-dc37c4d2c39b', 'BRL', 'refund', '-234', '1000', '01a22747-b7de-7400-ab21-e3e7d5641907', '5f8a4c0e-7d5b-4f0c-9a53-0f4b6f1d2c3e', '2026-11-29 12:29:01.375+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('1', '3', 'account-01a22747-b622-759c-9e21-20c383bdd703', '1', 'account.opened', '1', '{"kind": "customer", "currency": "BRL", "accountId": "01a22747-b622-759c-9e21-20c383bdd703", "profileId": "01a22747-b5cb-723d-a064-f1dc14361fbc"}', '{"requestId": "4ffe5add-a9b1-4a6e-a81e-9307b621e832"}', '2026-11-29 12:29:00.868+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('2', '3', 'account-01a22747-b69a-74b4-b2ee-dc37c4d2c39b', '1', 'account.opened', '1', '{"kind": "customer", "currency": "BRL", "accountId": "01a22747-b69a-74b4-b2ee-dc37c4d2c39b", "profileId": "01a22747-b60a-766b-b231-2d3f74869a36"}', '{"requestId": "b28b84da-a885-4f81-8737-68481cbfee81"}', '2026-11-29 12:29:00.964+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('3', '3', 'account-01a22747-b754-7170-bf2e-85ea0eb2b17b', '1', 'account.opened', '1', '{"kind": "settlement", "currency": "BRL", "accountId": "01a22747-b754-7170-bf2e-85ea0eb2b17b", "profileId": null}', '{"requestId": "8c2fc7a4-8179-4ab3-9ed2-84c59e2d3817"}', '2026-11-29 12:29:01.14+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('4', '3', 'deposit-01a22747-b76b-750e-92a2-8fe0c706cd15', '1', 'deposit.settled', '1', '{"amount": "10000", "currency": "BRL", "accountId": "01a22747-b622-759c-9e21-20c383bdd703", "depositId": "01a22747-b76b-750e-92a2-8fe0c706cd15", "profileId": "01a22747-b5cb-723d-a064-f1dc14361fbc", "settlementAccountId": "01a22747-b754-7170-bf2e-85ea0eb2b17b"}', '{"requestId": "8c2fc7a4-8179-4ab3-9ed2-84c59e2d3817"}', '2026-11-29 12:29:01.163+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('5', '3', 'payment-01a22747-b7de-7400-ab21-e3e7d5641907', '1', 'payment.settled', '1', '{"amount": "1234", "currency": "BRL", "paymentId": "01a22747-b7de-7400-ab21-e3e7d5641907", "transferId": "01a22747-b7e7-70f8-9778-0be466664782", "description": "Lunch", "payeeAccountId": "01a22747-b69a-74b4-b2ee-dc37c4d2c39b", "payeeProfileId": "01a22747-b60a-766b-b231-2d3f74869a36", "payerAccountId": "01a22747-b622-759c-9e21-20c383bdd703", "payerProfileId": "01a22747-b5cb-723d-a064-f1dc14361fbc"}', '{"requestId": "ca9726e6-f776-49cd-b362-f85c8b9b07e6"}', '2026-11-29 12:29:01.289+00')
--
insert into events (position, transaction_id, stream, version, type, schema_version, data, metadata, recorded_at) overriding system value values ('6', '3', 'payment-01a22747-b7de-7400-ab21-e3e7d5641907', '2', 'payment.refunded', '1', '{"amount": "234", "currency": "BRL", "refundId": "5f8a4c0e-7d5b-4f0c-9a53-0f4b6f1d2c3e", "paymentId": "01a22747-b7de-7400-ab21-e3e7d5641907", "transferId": "01a22747-b83f-7159-81f6-9cf294de1c43", "description": null, "payeeAccountId": "01a22747-b69a-74b4-b2ee-dc37c4d2c39b", "payeeProfileId": "01a22747-b60a-766b-b231-2d3f74869a36", "payerAccountId": "01a22747-b622-759c-9e21-20c383bdd703", "payerProfileId": "01a22747-b5cb-723d-a064-f1dc14361fbc"}', '{"requestId": "0db2002d-05a0-4710-abda-979535efc043"}', '2026-11-29 12:29:01.375+00')
--
insert into idempotency_keys (id, operation, fingerprint, status, headers, body, created_at, expires_at) values (E'\\xe8246c6211687e4971762e330652d3c88fc05cdd0a39b4faa4baa8e636283bcd', 'POST /v1/payments', E'\\x8bbb1764f2575e79514b2273e6f47e9d9aa147a704b8fb15b3f16913e0adf3e9', '201', E'[["cache-control", "no-cache, no-transform"], ["content-type", "application/json"], ["etag", "\\"1\\""], ["location", "/v1/payments/01a22747-b7de-7400-ab21-e3e7d5641907"], ["vary", "Accept"]]', E'\\x7b2264617461223a7b226964223a2230316132323734372d623764652d373430302d616232312d653365376435363431393037222c2270617965724163636f756e744964223a2230316132323734372d623632322d373539632d396532312d323063333833626464373033222c2270617965654163636f756e744964223a2230316132323734372d623639612d373462342d623265652d646333376334643263333962222c22616d6f756e74223a7b22616d6f756e74223a2231322e3334222c2263757272656e6379223a2242524c227d2c226465736372697074696f6e223a224c756e6368222c22737461747573223a22736574746c6564222c22726566756e646564223a7b22616d6f756e74223a22302e3030222c2263757272656e6379223a2242524c227d2c22637265617465644174223a22323032362d31312d32395431323a32393a30312e3238395a222c22757064617465644174223a22323032362d31312d32395431323a32393a30312e3238395a227d2c226d657461223a7b22726571756573744964223a2263613937323665362d663737362d343963642d623336322d663835633862396230376536227d7d', '2026-11-29 12:29:01.265+00', '2026-11-30 12:29:01.265+00')
--
insert into idempotency_keys (id, operation, fingerprint, status, headers, body, created_at, expires_at) values (E'\\xf3527b72f287bc2b0a09e9704b9cc6bea1b3a7b43929577481a726012820acda', 'POST /v1/accounts/{id}/deposits', E'\\x69b4cc048d335f66b8df899d9651a5dd3d8d9250f80ce59dfb6075ddf0570800', '201', '[["content-type", "application/json"], ["vary", "Accept"]]', E'\\x7b2264617461223a7b226964223a2230316132323734372d623736622d373530652d393261322d386665306337303663643135222c226163636f756e744964223a2230316132323734372d623632322d373539632d396532312d323063333833626464373033222c22616d6f756e74223a7b22616d6f756e74223a223130302e3030222c2263757272656e6379223a2242524c227d2c2262616c616e6365223a7b22616d6f756e74223a223130302e3030222c2263757272656e6379223a2242524c227d2c22637265617465644174223a22323032362d31312d32395431323a32393a30312e3136335a227d2c226d657461223a7b22726571756573744964223a2238633266633761342d383137392d346162332d396564322d383463353965326433383137227d7d', '2026-11-29 12:29:01.105+00', '2026-11-30 12:29:01.105+00')
--
insert into outbox (position, stream, enqueued_at) values ('1', 'account-01a22747-b622-759c-9e21-20c383bdd703', '2026-11-29 12:29:00.868+00')
--
insert into outbox (position, stream, enqueued_at) values ('2', 'account-01a22747-b69a-74b4-b2ee-dc37c4d2c39b', '2026-11-29 12:29:00.964+00')
--
insert into outbox (position, stream, enqueued_at) values ('3', 'account-01a22747-b754-7170-bf2e-85ea0eb2b17b', '2026-11-29 12:29:01.14+00')
--
insert into outbox (position, stream, enqueued_at) values ('4', 'deposit-01a22747-b76b-750e-92a2-8fe0c706cd15', '2026-11-29 12:29:01.163+00')
--
insert into outbox (position, stream, enqueued_at) values ('5', 'payment-01a22747-b7de-7400-ab21-e3e7d5641907', '2026-11-29 12:29:01.289+00')
--
insert into outbox (position, stream, enqueued_at) values ('6', 'payment-01a22747-b7de-7400-ab21-e3e7d5641907', '2026-11-29 12:29:01.375+00')
--
insert into payments (id, payer_account_id, payee_account_id, currency, amount, refunded, description, version, created_at, updated_at) values ('01a22747-b7de-7400-ab21-e3e7d5641907', '01a22747-b622-759c-9e21-20c383bdd703', '01a22747-b69a-74b4-b2ee-dc37c4d2c39b', 'BRL', '1234', '234', 'Lunch', '2', '2026-11-29 12:29:01.289+00', '2026-11-29 12:29:01.375+00')
--
insert into profiles (id, name, email, age, version, created_at, updated_at, deleted_at, owner) values ('01a22747-b5cb-723d-a064-f1dc14361fbc', 'Ada Lovelace', 'ada@example.com', '36', '1', '2026-11-29 12:29:00.747+00', '2026-11-29 12:29:00.747+00', null, null)
--
insert into profiles (id, name, email, age, version, created_at, updated_at, deleted_at, owner) values ('01a22747-b60a-766b-b231-2d3f74869a36', 'Bob', null, null, '1', '2026-11-29 12:29:00.81+00', '2026-11-29 12:29:00.81+00', null, null)
--
insert into refunds (payment_id, id, currency, amount, description, created_at) values ('01a22747-b7de-7400-ab21-e3e7d5641907', '5f8a4c0e-7d5b-4f0c-9a53-0f4b6f1d2c3e', 'BRL', '234', null, '2026-11-29 12:29:01.375+00')
--
insert into schema_migrations (version) values ('20261122000001')
--
insert into schema_migrations (version) values ('20261122000002')
--
insert into schema_migrations (version) values ('20261122000003')
--
insert into schema_migrations (version) values ('20261126000001')
--
insert into schema_migrations (version) values ('20261126000002')
--
insert into schema_migrations (version) values ('20261126000003')
--
insert into schema_migrations (version) values ('20261126000004')
--
insert into schema_migrations (version) values ('20261126000100')
--
insert into webhook_endpoints (id, owner, url, event_types, sealed_secret, pace, version, created_at) values ('01a22747-b6c9-7022-82d4-263dc8f87868', null, 'http://127.0.0.1:9/hook', '{account.opened,payment.settled}', E'\\x4920fce6a8e57753c1f2d4cc95fe0971757098b552638956dd2d1353504bd74ab12f172ff31ae4fded607d129dc1aab015cd7bb6a5bec78cdcec116c40d0cc406713682b740b72577796e2303da0582544e8', 'unknown', '1', '2026-11-29 12:29:01.002+00')
--
select setval('public.events_position_seq', 6)
--
CREATE OR REPLACE FUNCTION public.refuse_change_of_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise check_violation using constraint = 'events_kept', table = 'events',
    message = 'Events are appended and never changed';
end $function$
--
CREATE OR REPLACE FUNCTION public.refuse_unbalanced_transfer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (
    select from entries where transfer_id in (old.transfer_id, new.transfer_id)
    group by transfer_id, currency having sum(amount) <> 0
  ) then
    raise check_violation using constraint = 'entries_balanced', table = 'entries',
      message = 'The entries of a transfer do not sum to zero';
  end if;
  return null;
end $function$
--
CREATE OR REPLACE FUNCTION public.refuse_unexplained_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  touched uuid[];
begin
  if tg_table_name = 'accounts' then
    touched := array[new.id];
  else
    touched := array[old.account_id, new.account_id];
    if exists (
      select from (
          values (old.account_id, old.created_at, old.transfer_id), (new.account_id, new.created_at, new.transfer_id)
        ) as place (account_id, created_at, transfer_id)
        -- What is there now, and what follows it.
        cross join lateral (
          select e.* from entries as e
          where e.account_id = place.account_id and (e.created_at, e.transfer_id) >= (place.created_at, place.transfer_id)
          order by e.created_at, e.transfer_id limit 2
        ) as entry
        left join lateral (
          select b.balance from entries as b
          where b.account_id = entry.account_id and (b.created_at, b.transfer_id) < (entry.created_at, entry.transfer_id)
          order by b.created_at desc, b.transfer_id desc limit 1
        ) as before on true
      where entry.balance <> coalesce(before.balance, 0) + entry.amount
    ) then
      raise check_violation using constraint = 'entries_explained', table = 'entries',
        message = 'The balance of an entry is not that of the one before it and its amount';
    end if;
  end if;
  if exists (
    select from accounts as a where a.id = any (touched) and a.balance <> coalesce(
      (select e.balance from entries as e where e.account_id = a.id order by e.created_at desc, e.transfer_id desc limit 1), 0
    )
  ) then
    raise check_violation using constraint = 'accounts_balance_explained', table = 'accounts',
      message = 'The balance of an account is not that of its last entry';
  end if;
  return null;
end $function$
--
CREATE OR REPLACE FUNCTION public.refuse_unexplained_refunds()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  touched uuid[];
begin
  if tg_table_name = 'payments' then
    touched := array[new.id];
  else
    touched := array[old.payment_id, new.payment_id];
  end if;
  if exists (
    select from payments as p where p.id = any (touched) and p.refunded <> coalesce(
      (select sum(r.amount) from refunds as r where r.payment_id = p.id), 0
    )
  ) then
    raise check_violation using constraint = 'payments_refunds_explained', table = 'payments',
      message = 'What was given back of a payment is not the sum of its refunds';
  end if;
  return null;
end $function$
--
alter table broker_messages add constraint broker_messages_position_fkey FOREIGN KEY ("position") REFERENCES events("position")
--
alter table entries add constraint entries_account_fkey FOREIGN KEY (account_id, currency) REFERENCES accounts(id, currency)
--
alter table outbox add constraint outbox_position_fkey FOREIGN KEY ("position") REFERENCES events("position")
--
alter table payments add constraint payments_payee_fkey FOREIGN KEY (payee_account_id, currency) REFERENCES accounts(id, currency)
--
alter table payments add constraint payments_payer_fkey FOREIGN KEY (payer_account_id, currency) REFERENCES accounts(id, currency)
--
alter table refunds add constraint refunds_payment_fkey FOREIGN KEY (payment_id, currency) REFERENCES payments(id, currency)
--
alter table webhook_deliveries add constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE
--
alter table webhook_deliveries add constraint webhook_deliveries_position_fkey FOREIGN KEY ("position") REFERENCES events("position")
--
alter table webhook_lanes add constraint webhook_lanes_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE
--
CREATE INDEX accounts_by_profile ON public.accounts USING btree (profile_id, created_at DESC, id DESC)
--
CREATE INDEX accounts_newest_first ON public.accounts USING btree (created_at DESC, id DESC)
--
CREATE UNIQUE INDEX accounts_profile_currency_key ON public.accounts USING btree (profile_id, currency) WHERE (closed_at IS NULL)
--
CREATE UNIQUE INDEX accounts_settlement_key ON public.accounts USING btree (currency) WHERE (kind = 'settlement'::text)
--
CREATE INDEX broker_messages_stream_idx ON public.broker_messages USING btree (stream, "position")
--
CREATE INDEX entries_newest_first ON public.entries USING btree (account_id, created_at DESC, transfer_id DESC)
--
CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at)
--
CREATE INDEX outbox_stream_idx ON public.outbox USING btree (stream, "position")
--
CREATE INDEX payments_by_payee ON public.payments USING btree (payee_account_id, created_at DESC, id DESC)
--
CREATE INDEX payments_by_payer ON public.payments USING btree (payer_account_id, created_at DESC, id DESC)
--
CREATE INDEX payments_newest_first ON public.payments USING btree (created_at DESC, id DESC)
--
CREATE INDEX profiles_by_owner ON public.profiles USING btree (owner, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (owner IS NOT NULL))
--
CREATE UNIQUE INDEX profiles_email_key ON public.profiles USING btree (casefold((email COLLATE pg_unicode_fast))) WHERE (deleted_at IS NULL)
--
CREATE INDEX profiles_name_prefix ON public.profiles USING btree (casefold((name COLLATE pg_unicode_fast)) COLLATE "C") WHERE (deleted_at IS NULL)
--
CREATE INDEX profiles_newest_first ON public.profiles USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL)
--
CREATE INDEX refunds_newest_first ON public.refunds USING btree (payment_id, created_at DESC, id DESC)
--
CREATE INDEX webhook_deliveries_newest_first ON public.webhook_deliveries USING btree (endpoint_id, created_at DESC, id DESC)
--
CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (endpoint_id, stream, "position") WHERE (state = 'pending'::text)
--
CREATE INDEX webhook_deliveries_settled_at ON public.webhook_deliveries USING btree (settled_at) WHERE (state <> 'pending'::text)
--
CREATE INDEX webhook_endpoints_by_owner ON public.webhook_endpoints USING btree (owner, created_at DESC, id DESC)
--
CREATE INDEX webhook_endpoints_newest_first ON public.webhook_endpoints USING btree (created_at DESC, id DESC)
--
CREATE INDEX webhook_lanes_due ON public.webhook_lanes USING btree (due_at)
--
CREATE CONSTRAINT TRIGGER accounts_balance_explained AFTER INSERT OR UPDATE OF balance ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance()
--
CREATE CONSTRAINT TRIGGER entries_balanced AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transfer()
--
CREATE CONSTRAINT TRIGGER entries_explained AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance()
--
CREATE TRIGGER events_kept BEFORE DELETE OR UPDATE OF "position", stream, version, type, schema_version, data, metadata, recorded_at ON events FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()
--
CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event()
--
CREATE CONSTRAINT TRIGGER payments_begin_explained AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.refunded <> 0) EXECUTE FUNCTION refuse_unexplained_refunds()
--
CREATE CONSTRAINT TRIGGER payments_refunds_explained AFTER UPDATE OF refunded ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds()
--
CREATE CONSTRAINT TRIGGER refunds_explained AFTER INSERT OR DELETE OR UPDATE ON refunds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds()
