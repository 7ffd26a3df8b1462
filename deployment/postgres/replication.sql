-- Lets a standby follow this server: a role that can replicate and nothing else, with the password that the setting
-- archway.standby_password has, and a slot, so that the server keeps what the standby has not received yet. Both may
-- be there from before; the slot then keeps what nobody asks for any more, or has lost it.
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
