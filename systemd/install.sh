#!/bin/sh
# Installs or upgrades one daemon on this host: sh systemd/install.sh bridge | ingest
#
# Safe to repeat: an existing configuration, token or state is never touched. Messages are in
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
python=$(command -v python3.11 || command -v python3 || true)
[ -n "$python" ] || { echo "Python belum terpasang: apt install python3 python3-venv"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "perlu Python 3.11 atau lebih baru, yang ada: $("$python" --version)"; exit 1; }

echo "1/4 program ke $home"
[ -x "$home/bin/python" ] || "$python" -m venv "$home" ||
    { rm -rf "$home"; echo "modul venv belum terpasang: apt install python3-venv"; exit 1; }
pip="$home/bin/python -m pip --quiet --disable-pip-version-check --no-input"
$pip install --require-hashes -r "$source/requirements.lock"
$pip install --no-deps --force-reinstall "$source"
ln -sf "$home/bin/hadir-$role" "$bin/hadir-$role"

echo "2/4 pengguna sistem 'hadir'"
systemd-sysusers "$home/share/hadir/systemd/hadir.sysusers.conf"

echo "3/4 konfigurasi di $etc"
install -d -m 750 -o root -g hadir "$etc"
[ -e "$etc/$role.toml" ] || install -m 640 -o root -g hadir \
    "$home/share/hadir/config.example.toml" "$etc/$role.toml"

echo "4/4 layanan hadir-$role"
install -m 644 "$home/share/hadir/systemd/hadir-$role.service" "$units/"
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if systemctl is-active --quiet "hadir-$role"; then
        systemctl restart "hadir-$role"
        echo "selesai: versi baru berjalan ($("$home/bin/hadir-$role" --version))"
        exit 0
    fi
fi
echo "selesai. Berikutnya: isi $etc/$role.toml (lihat README), lalu"
echo "  sudo hadir-$role check"
echo "  sudo systemctl enable --now hadir-$role"
