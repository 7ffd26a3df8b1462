-- The tables as all migrations together make them, to be read and reviewed; nothing runs this file.
-- Written by deno task schema, and checked by the tests.

CREATE OR REPLACE FUNCTION public.refuse_change_of_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise check_violation using constraint = 'events_kept', table = 'events',
    message = 'Events are appended and never changed';
end $function$;

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
end $function$;

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
end $function$;

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
end $function$;

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
);

create table broker_messages (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint broker_messages_pkey PRIMARY KEY ("position")
);

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
);

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
);

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
);

create table outbox (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint outbox_pkey PRIMARY KEY ("position")
);

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
);

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
);

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
);

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
);

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
);

create table webhook_lanes (
  endpoint_id uuid not null,
  stream text not null,
  due_at timestamp with time zone not null,
  scheduled_at timestamp with time zone not null,
  lease uuid,
  constraint webhook_lanes_pkey PRIMARY KEY (endpoint_id, stream)
);

alter table broker_messages add constraint broker_messages_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table entries add constraint entries_account_fkey FOREIGN KEY (account_id, currency) REFERENCES accounts(id, currency);

alter table outbox add constraint outbox_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table payments add constraint payments_payee_fkey FOREIGN KEY (payee_account_id, currency) REFERENCES accounts(id, currency);

alter table payments add constraint payments_payer_fkey FOREIGN KEY (payer_account_id, currency) REFERENCES accounts(id, currency);

alter table refunds add constraint refunds_payment_fkey FOREIGN KEY (payment_id, currency) REFERENCES payments(id, currency);

alter table webhook_deliveries add constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table webhook_lanes add constraint webhook_lanes_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

CREATE INDEX accounts_by_profile ON public.accounts USING btree (profile_id, created_at DESC, id DESC);

CREATE INDEX accounts_newest_first ON public.accounts USING btree (created_at DESC, id DESC);

CREATE UNIQUE INDEX accounts_profile_currency_key ON public.accounts USING btree (profile_id, currency) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX accounts_settlement_key ON public.accounts USING btree (currency) WHERE (kind = 'settlement'::text);

CREATE INDEX broker_messages_stream_idx ON public.broker_messages USING btree (stream, "position");

CREATE INDEX entries_newest_first ON public.entries USING btree (account_id, created_at DESC, transfer_id DESC);

CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at);

CREATE INDEX outbox_stream_idx ON public.outbox USING btree (stream, "position");

CREATE INDEX payments_by_payee ON public.payments USING btree (payee_account_id, created_at DESC, id DESC);

CREATE INDEX payments_by_payer ON public.payments USING btree (payer_account_id, created_at DESC, id DESC);

CREATE INDEX payments_newest_first ON public.payments USING btree (created_at DESC, id DESC);

CREATE INDEX profiles_by_owner ON public.profiles USING btree (owner, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (owner IS NOT NULL));

CREATE UNIQUE INDEX profiles_email_key ON public.profiles USING btree (casefold((email COLLATE pg_unicode_fast))) WHERE (deleted_at IS NULL);

CREATE INDEX profiles_name_prefix ON public.profiles USING btree (casefold((name COLLATE pg_unicode_fast)) COLLATE "C") WHERE (deleted_at IS NULL);

CREATE INDEX profiles_newest_first ON public.profiles USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX refunds_newest_first ON public.refunds USING btree (payment_id, created_at DESC, id DESC);

CREATE INDEX webhook_deliveries_newest_first ON public.webhook_deliveries USING btree (endpoint_id, created_at DESC, id DESC);

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (endpoint_id, stream, "position") WHERE (state = 'pending'::text);

CREATE INDEX webhook_deliveries_settled_at ON public.webhook_deliveries USING btree (settled_at) WHERE (state <> 'pending'::text);

CREATE INDEX webhook_endpoints_by_owner ON public.webhook_endpoints USING btree (owner, created_at DESC, id DESC);

CREATE INDEX webhook_endpoints_newest_first ON public.webhook_endpoints USING btree (created_at DESC, id DESC);

CREATE INDEX webhook_lanes_due ON public.webhook_lanes USING btree (due_at);

CREATE CONSTRAINT TRIGGER accounts_balance_explained AFTER INSERT OR UPDATE OF balance ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance();

CREATE CONSTRAINT TRIGGER entries_balanced AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transfer();

CREATE CONSTRAINT TRIGGER entries_explained AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance();

CREATE TRIGGER events_kept BEFORE DELETE OR UPDATE OF "position", stream, version, type, schema_version, data, metadata, recorded_at ON events FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event();

CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event();

CREATE CONSTRAINT TRIGGER payments_begin_explained AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.refunded <> 0) EXECUTE FUNCTION refuse_unexplained_refunds();

CREATE CONSTRAINT TRIGGER payments_refunds_explained AFTER UPDATE OF refunded ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds();

CREATE CONSTRAINT TRIGGER refunds_explained AFTER INSERT OR DELETE OR UPDATE ON refunds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds();
