#!/bin/sh
# Makes the database the first time, then becomes the server. Nothing here needs root.
# The data gets its name last, so that a half-made one is never used.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA.draft"
    mkdir -p "$(dirname "$PGDATA")"
    initdb --pgdata="$PGDATA.draft" --username=accord_admin \
        --pwfile=/run/accord/secrets/accord_admin --auth-host=scram-sha-256 --auth-local=peer \
        --data-checksums --encoding=UTF8 \
        --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8
    echo "host all all samenet scram-sha-256" >>"$PGDATA.draft/pg_hba.conf"
    mv "$PGDATA.draft" "$PGDATA"
fi

exec postgres "$@"
