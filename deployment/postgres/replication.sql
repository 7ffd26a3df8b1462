-- Prepares this server for a standby: a role with replication rights only, with the password in the setting
-- archway.standby_password, and a slot, so that the server retains WAL that the standby has not received yet. An inactive
-- slot of an earlier standby is recreated: it would retain WAL that is not needed any more, or has lost it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'standby') THEN
    CREATE ROLE standby;
  END IF;
  EXECUTE format('ALTER ROLE standby LOGIN REPLICATION PASSWORD %L', current_setting('archway.standby_password'));
END
$$;
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'standby' AND NOT active;
SELECT pg_create_physical_replication_slot('standby', immediately_reserve => true)
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'standby');
