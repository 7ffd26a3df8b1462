-- migrate:up

-- What follows from the events, written with them: accounts, payments, refunds, and the entries that moved the money.
-- Amounts are whole minor units. archway events rebuild makes all of it anew.
create table accounts (
  id uuid primary key,
  kind text not null,
  -- Of another service, which deletes profiles without asking.
  profile_id uuid,
  currency text not null,
  balance bigint not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  -- For those who refer to an account in its currency.
  constraint accounts_id_currency_key unique (id, currency),
  constraint accounts_kind_known check (kind in ('customer', 'settlement')),
  constraint accounts_profile_of_customer check ((kind = 'customer') = (profile_id is not null)),
  constraint accounts_currency_form check (currency ~ '^[A-Z]{3}$'),
  constraint accounts_balance_not_negative check (balance >= 0 or kind = 'settlement'),
  constraint accounts_balance_limit check (abs(balance) <= 1000000000000000000),
  constraint accounts_closed_empty check (closed_at is null or balance = 0),
  constraint accounts_version_positive check (version > 0)
);

-- One that is open for each profile and currency, and one settlement account for each currency.
create unique index accounts_profile_currency_key on accounts (profile_id, currency) where closed_at is null;
create unique index accounts_settlement_key on accounts (currency) where kind = 'settlement';

create index accounts_newest_first on accounts (created_at desc, id desc);
create index accounts_by_profile on accounts (profile_id, created_at desc, id desc);

create table payments (
  id uuid primary key,
  payer_account_id uuid not null,
  payee_account_id uuid not null,
  currency text not null,
  amount bigint not null,
  refunded bigint not null default 0,
  description text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- For refunds, which give back in the payment's currency.
  constraint payments_id_currency_key unique (id, currency),
  constraint payments_payer_fkey foreign key (payer_account_id, currency) references accounts (id, currency),
  constraint payments_payee_fkey foreign key (payee_account_id, currency) references accounts (id, currency),
  constraint payments_accounts_differ check (payer_account_id <> payee_account_id),
  constraint payments_amount_range check (amount between 1 and 1000000000000000),
  constraint payments_refunded_range check (refunded between 0 and amount),
  constraint payments_description_length check (char_length(description) <= 140),
  constraint payments_version_positive check (version > 0)
);

create index payments_newest_first on payments (created_at desc, id desc);
create index payments_by_payer on payments (payer_account_id, created_at desc, id desc);
create index payments_by_payee on payments (payee_account_id, created_at desc, id desc);

create table refunds (
  payment_id uuid not null,
  -- Chosen by the client.
  id uuid not null,
  currency text not null,
  amount bigint not null,
  description text,
  created_at timestamptz not null,
  primary key (payment_id, id),
  constraint refunds_payment_fkey foreign key (payment_id, currency) references payments (id, currency),
  constraint refunds_amount_range check (amount between 1 and 1000000000000000),
  constraint refunds_description_length check (char_length(description) <= 140)
);

create index refunds_newest_first on refunds (payment_id, created_at desc, id desc);

create table entries (
  transfer_id uuid not null,
  account_id uuid not null,
  currency text not null,
  kind text not null,
  -- What the account got, or gave, where it is less than 0.
  amount bigint not null,
  -- What the account had after it.
  balance bigint not null,
  payment_id uuid,
  refund_id uuid,
  created_at timestamptz not null,
  primary key (transfer_id, account_id),
  constraint entries_account_fkey foreign key (account_id, currency) references accounts (id, currency),
  constraint entries_kind_known check (kind in ('deposit', 'payment', 'refund')),
  constraint entries_amount_range check (amount <> 0 and abs(amount) <= 1000000000000000),
  constraint entries_payment_told check ((kind = 'deposit') = (payment_id is null)),
  constraint entries_refund_told check ((kind = 'refund') = (refund_id is not null))
);

create index entries_newest_first on entries (account_id, created_at desc, transfer_id desc);

-- Money is neither made nor lost: what a movement gives to accounts it takes from others, in every currency.
create function refuse_unbalanced_transfer() returns trigger language plpgsql as $$
begin
  if exists (
    select from entries where transfer_id in (old.transfer_id, new.transfer_id)
    group by transfer_id, currency having sum(amount) <> 0
  ) then
    raise check_violation using constraint = 'entries_balanced', table = 'entries',
      message = 'The entries of a transfer do not sum to zero';
  end if;
  return null;
end $$;

create constraint trigger entries_balanced after insert or update or delete on entries
  deferrable initially deferred for each row execute function refuse_unbalanced_transfer();

-- Every entry goes on from the balance of the one before it, and an account has what its last one says: nothing comes in
-- between, is taken away, or begins with money.
create function refuse_unexplained_balance() returns trigger language plpgsql as $$
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
end $$;

create constraint trigger entries_explained after insert or update or delete on entries
  deferrable initially deferred for each row execute function refuse_unexplained_balance();
create constraint trigger accounts_balance_explained after insert or update of balance on accounts
  deferrable initially deferred for each row execute function refuse_unexplained_balance();

-- What was given back of a payment is the sum of its refunds.
create function refuse_unexplained_refunds() returns trigger language plpgsql as $$
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
end $$;

create constraint trigger refunds_explained after insert or update or delete on refunds
  deferrable initially deferred for each row execute function refuse_unexplained_refunds();
create constraint trigger payments_refunds_explained after update of refunded on payments
  deferrable initially deferred for each row execute function refuse_unexplained_refunds();
-- One that begins with refunds, as when all of them are made anew.
create constraint trigger payments_begin_explained after insert on payments
  deferrable initially deferred for each row when (new.refunded <> 0) execute function refuse_unexplained_refunds();

-- migrate:down

drop table entries, refunds, payments, accounts;
drop function refuse_unbalanced_transfer, refuse_unexplained_balance, refuse_unexplained_refunds;
