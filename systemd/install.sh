#!/bin/sh
# Installs or upgrades one daemon on this host: sh systemd/install.sh bridge | ingest
#
# Safe to repeat: an existing configuration, key or state is never touched. Messages are in
# Indonesian because the people of an office run it.
set -eu
umask 022  # the daemon's user must be able to read the program

role=${1:-}
case $role in
    bridge | ingest) ;;
    *) echo "cara pakai: sudo sh systemd/install.sh bridge   (di OPD)"
       echo "            sudo sh systemd/install.sh ingest   (di pusat)"; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "jalankan dengan sudo: sudo sh systemd/install.sh $role"; exit 1; }

source=$(cd "$(dirname "$0")/.." && pwd)
home=${HADIR_HOME:-/opt/hadir}
etc=${HADIR_ETC:-/etc/hadir}
units=${HADIR_UNITS:-/etc/systemd/system}
bin=${HADIR_BIN:-/usr/local/bin}
state=${HADIR_STATE:-/var/lib/hadir}
python=$(command -v python3.11 || command -v python3 || true)
[ -n "$python" ] || { echo "Python belum terpasang: apt install python3 python3-venv"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "perlu Python 3.11 atau lebih baru, yang ada: $("$python" --version)"; exit 1; }

echo "1/4 program ke $home"
[ -x "$home/bin/python" ] || "$python" -m venv "$home" ||
    { rm -rf "$home"; echo "modul venv belum terpasang: apt install python3-venv"; exit 1; }
pip="$home/bin/python -m pip --quiet --disable-pip-version-check --no-input"
$pip install --use-pep517 --require-hashes --no-deps -r "$source/requirements.lock"
$pip install --no-deps --force-reinstall "$source"
ln -sf "$home/bin/hadir-$role" "$bin/hadir-$role"

echo "2/4 pengguna sistem 'hadir' dan $state"
systemd-sysusers "$home/share/hadir/systemd/hadir.sysusers.conf"
install -d -m 700 -o hadir -g hadir "$state"  # commands need it before the service first starts
[ "$role" = bridge ] || install -d -m 700 -o hadir -g hadir "$state-backups"
runuser -u hadir -- "$home/bin/hadir-$role" --version >/dev/null ||
    { echo "pengguna 'hadir' tidak dapat menjalankan $home/bin/hadir-$role:"
      echo "Python harus berasal dari apt, bukan dari folder rumah seseorang ($python)"; exit 1; }

echo "3/4 konfigurasi di $etc"
install -d -m 750 -o root -g hadir "$etc"
[ -e "$etc/$role.toml" ] || install -m 640 -o root -g hadir \
    "$home/share/hadir/systemd/$role.toml" "$etc/$role.toml"

echo "4/4 layanan hadir-$role"
install -m 644 "$home/share/hadir/systemd/hadir-$role.service" "$units/"
[ "$role" = bridge ] || install -m 644 "$home"/share/hadir/systemd/hadir-backup.service \
    "$home"/share/hadir/systemd/hadir-backup.timer "$units/"
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if systemctl is-active --quiet "hadir-$role"; then
        systemctl restart "hadir-$role"
        echo "selesai: versi baru berjalan ($("$home/bin/hadir-$role" --version))"
        exit 0
    fi
fi
echo "selesai. Berikutnya: isi $etc/$role.toml dan ikuti README dari langkah 3, sampai"
echo "  sudo systemctl enable --now hadir-$role"
[ "$role" = bridge ] || echo "  sudo systemctl enable --now hadir-backup.timer   (cadangan tiap malam)"
