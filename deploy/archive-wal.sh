#!/bin/sh
# Keeps one WAL file of PostgreSQL where it can be recovered from (docs/backup.md). In postgresql.conf:
#
#   archive_mode = on
#   archive_timeout = 300
#   archive_command = 'sh /opt/hadir/share/hadir/deploy/archive-wal.sh %p /var/backups/hadir-wal/%f'
#
# PostgreSQL throws its own copy away once this says 0: so it is on the disk by then, under a name that
# no half-written file ever had. A file that is there already is never overwritten: the same bytes are
# fine (we were killed before we could say so), other bytes are another server's and need a person.
set -eu
from=$1
to=$2
if [ -e "$to" ]; then
    cmp -s "$from" "$to" && exit 0
    echo "$to holds another file; do two servers archive to one folder?" >&2
    exit 1
fi
cp "$from" "$to.partial"
sync "$to.partial"
mv "$to.partial" "$to"
sync "$(dirname "$to")"
