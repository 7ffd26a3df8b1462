#!/bin/sh
# Starts a hot standby of PRIMARY_HOST in $PGDATA, and creates it from a base backup if there is none. PGUSER and PGPASSWORD
# are those of a superuser of the primary. Runs as the user that owns the data.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Generated here and stored only in the standby's data directory.
  password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  PGOPTIONS="-c archway.standby_password=$password" \
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host "$PRIMARY_HOST" --file /etc/archway/replication.sql

  # In a folder of its own first, so that an incomplete backup is not used.
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$PGDATA" "$PGDATA.new"
  PGPASSWORD=$password pg_basebackup --host "$PRIMARY_HOST" --username standby --slot standby \
    --pgdata "$PGDATA.new" --write-recovery-conf --wal-method stream --checkpoint fast
  chmod 0700 "$PGDATA.new"
  mv "$PGDATA.new" "$PGDATA"
fi

# The server does not need these variables, which are for the image's setup of a primary and for psql.
unset PGPASSWORD
exec postgres -c hba_file=/etc/archway/pg_hba.conf -c max_slot_wal_keep_size=2GB
