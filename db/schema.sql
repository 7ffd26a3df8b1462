-- The tables as all migrations together make them, to be read and reviewed; nothing runs this file.
-- Written by deno task schema, and checked by the tests.

create table broker_messages (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint broker_messages_pkey PRIMARY KEY ("position")
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

create table outbox (
  "position" bigint not null,
  stream text not null,
  enqueued_at timestamp with time zone not null,
  constraint outbox_pkey PRIMARY KEY ("position")
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

create table webhook_deliveries (
  id uuid not null,
  endpoint_id uuid not null,
  "position" bigint not null,
  stream text not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
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
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_has_types CHECK (cardinality(event_types) > 0),
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

alter table outbox add constraint outbox_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table webhook_deliveries add constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table webhook_lanes add constraint webhook_lanes_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

CREATE INDEX broker_messages_stream_idx ON public.broker_messages USING btree (stream, "position");

CREATE INDEX outbox_stream_idx ON public.outbox USING btree (stream, "position");

CREATE INDEX profiles_by_owner ON public.profiles USING btree (owner, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (owner IS NOT NULL));

CREATE UNIQUE INDEX profiles_email_key ON public.profiles USING btree (casefold((email COLLATE pg_unicode_fast))) WHERE (deleted_at IS NULL);

CREATE INDEX profiles_name_prefix ON public.profiles USING btree (casefold((name COLLATE pg_unicode_fast)) COLLATE "C") WHERE (deleted_at IS NULL);

CREATE INDEX profiles_newest_first ON public.profiles USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX webhook_deliveries_newest_first ON public.webhook_deliveries USING btree (endpoint_id, created_at DESC, id DESC);

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (endpoint_id, stream, "position") WHERE (state = 'pending'::text);

CREATE INDEX webhook_deliveries_settled_at ON public.webhook_deliveries USING btree (settled_at) WHERE (state <> 'pending'::text);

CREATE INDEX webhook_endpoints_by_owner ON public.webhook_endpoints USING btree (owner, created_at DESC, id DESC);

CREATE INDEX webhook_endpoints_newest_first ON public.webhook_endpoints USING btree (created_at DESC, id DESC);

CREATE INDEX webhook_lanes_due ON public.webhook_lanes USING btree (due_at);
