#!/bin/sh
# Starts a hot standby of PRIMARY_HOST in $PGDATA; makes it, where there is none, of a base backup. PGUSER and PGPASSWORD
# are a superuser's of the primary. Runs as the user that owns the data.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Nobody else has to know it: the standby keeps it in its data directory.
  password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  PGOPTIONS="-c archway.standby_password=$password" \
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host "$PRIMARY_HOST" --file /etc/archway/replication.sql

  # Beside, so that one that was cut short is not taken for whole.
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$PGDATA" "$PGDATA.new"
  PGPASSWORD=$password pg_basebackup --host "$PRIMARY_HOST" --username standby --slot standby \
    --pgdata "$PGDATA.new" --write-recovery-conf --wal-method stream --checkpoint fast
  chmod 0700 "$PGDATA.new"
  mv "$PGDATA.new" "$PGDATA"
fi

# The variables are the image's way to make a primary, and psql's to find it; the server needs none of them.
unset PGPASSWORD
exec postgres -c hba_file=/etc/archway/pg_hba.conf -c max_slot_wal_keep_size=2GB
