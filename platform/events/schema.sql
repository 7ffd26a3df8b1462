-- The tables as the migrations beside this file make them, to be read and reviewed; nothing runs it.
-- Written by deno task schema, and checked by the tests.

CREATE OR REPLACE FUNCTION public.refuse_change_of_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise check_violation using constraint = 'events_kept', table = 'events',
    message = 'Events are appended and never changed';
end $function$;

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

alter table outbox add constraint outbox_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table webhook_deliveries add constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_position_fkey FOREIGN KEY ("position") REFERENCES events("position");

alter table webhook_lanes add constraint webhook_lanes_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE;

CREATE INDEX broker_messages_stream_idx ON public.broker_messages USING btree (stream, "position");

CREATE INDEX outbox_stream_idx ON public.outbox USING btree (stream, "position");

CREATE INDEX webhook_deliveries_newest_first ON public.webhook_deliveries USING btree (endpoint_id, created_at DESC, id DESC);

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (endpoint_id, stream, "position") WHERE (state = 'pending'::text);

CREATE INDEX webhook_deliveries_settled_at ON public.webhook_deliveries USING btree (settled_at) WHERE (state <> 'pending'::text);

CREATE INDEX webhook_endpoints_by_owner ON public.webhook_endpoints USING btree (owner, created_at DESC, id DESC);

CREATE INDEX webhook_endpoints_newest_first ON public.webhook_endpoints USING btree (created_at DESC, id DESC);

CREATE INDEX webhook_lanes_due ON public.webhook_lanes USING btree (due_at);

CREATE TRIGGER events_kept BEFORE DELETE OR UPDATE OF "position", stream, version, type, schema_version, data, metadata, recorded_at ON events FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event();

CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event();
