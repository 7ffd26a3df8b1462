#!/bin/sh
# Builds the root directory of the image: rootfs.sh <executable> <bill of materials> <directory>
#
# It has the executable, the libraries that it is linked with and nothing else that can be run: no shell, no package
# manager. The Dockerfile runs it in its build stage, and container_slow_test.ts on this machine.
set -eu
executable=$1
bill=$2
root=$3

install -D -m 555 "$executable" "$root/usr/local/bin/archway"
install -D -m 444 "$bill" "$root/usr/share/archway/sbom.cdx.json"

# Lines of ldd: "libm.so.6 => /lib/…/libm.so.6 (0x…)", and "/lib64/ld-linux-x86-64.so.2 (0x…)" for the loader.
libraries=$(ldd "$executable" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }')
[ -n "$libraries" ] || { echo "rootfs.sh: ldd found no libraries of $executable" >&2; exit 1; }
for library in $libraries; do
  # A missing library is printed as "not".
  [ -f "$library" ] || { echo "rootfs.sh: $executable needs a library that is missing: see ldd" >&2; exit 1; }
  install -D -m 555 "$library" "$root$library"
  # Scanners of images find the packages of Debian, and their known vulnerabilities, by these files.
  package=$(dpkg-query --search "$library" "$(realpath "$library")" 2>/dev/null | sed -n '1s/:.*//p')
  [ -z "$package" ] || {
    mkdir -p "$root/var/lib/dpkg/status.d"
    dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
  }
done
install -D -m 444 /etc/os-release "$root/etc/os-release"

# Certificates of public authorities, for `verify-full` and OTLP over TLS.
install -D -m 444 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
# Names that the user and group of the process have, and the order in which host names are looked up.
echo "archway:x:65532:65532::/data:/sbin/nologin" >"$root/etc/passwd"
echo "archway:x:65532:" >"$root/etc/group"
echo "hosts: files dns" >"$root/etc/nsswitch.conf"
# Whatever the umask was: everything can be read by that user, nothing written.
chmod -R u=rwX,go=rX "$root"
# Where a memory file system can be mounted for temporary files.
mkdir -m 1777 "$root/tmp"
