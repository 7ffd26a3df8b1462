-- The tables as the migrations beside this file make them, to be read and reviewed; nothing runs it.
-- Written by deno task schema, and checked by the tests.

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
      message = 'The refunded amount of a payment is not the sum of its refunds';
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

alter table entries add constraint entries_account_fkey FOREIGN KEY (account_id, currency) REFERENCES accounts(id, currency);

alter table payments add constraint payments_payee_fkey FOREIGN KEY (payee_account_id, currency) REFERENCES accounts(id, currency);

alter table payments add constraint payments_payer_fkey FOREIGN KEY (payer_account_id, currency) REFERENCES accounts(id, currency);

alter table refunds add constraint refunds_payment_fkey FOREIGN KEY (payment_id, currency) REFERENCES payments(id, currency);

CREATE INDEX accounts_by_profile ON public.accounts USING btree (profile_id, created_at DESC, id DESC);

CREATE INDEX accounts_newest_first ON public.accounts USING btree (created_at DESC, id DESC);

CREATE UNIQUE INDEX accounts_profile_currency_key ON public.accounts USING btree (profile_id, currency) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX accounts_settlement_key ON public.accounts USING btree (currency) WHERE (kind = 'settlement'::text);

CREATE INDEX entries_newest_first ON public.entries USING btree (account_id, created_at DESC, transfer_id DESC);

CREATE INDEX payments_by_payee ON public.payments USING btree (payee_account_id, created_at DESC, id DESC);

CREATE INDEX payments_by_payer ON public.payments USING btree (payer_account_id, created_at DESC, id DESC);

CREATE INDEX payments_newest_first ON public.payments USING btree (created_at DESC, id DESC);

CREATE INDEX refunds_newest_first ON public.refunds USING btree (payment_id, created_at DESC, id DESC);

CREATE CONSTRAINT TRIGGER accounts_balance_explained AFTER INSERT OR UPDATE OF balance ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance();

CREATE CONSTRAINT TRIGGER entries_balanced AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transfer();

CREATE CONSTRAINT TRIGGER entries_explained AFTER INSERT OR DELETE OR UPDATE ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_balance();

CREATE CONSTRAINT TRIGGER payments_begin_explained AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.refunded <> 0) EXECUTE FUNCTION refuse_unexplained_refunds();

CREATE CONSTRAINT TRIGGER payments_refunds_explained AFTER UPDATE OF refunded ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds();

CREATE CONSTRAINT TRIGGER refunds_explained AFTER INSERT OR DELETE OR UPDATE ON refunds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unexplained_refunds();
