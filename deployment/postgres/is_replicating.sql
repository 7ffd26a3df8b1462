-- Whether this server receives what its primary writes, or is a primary itself.
SELECT NOT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming');
