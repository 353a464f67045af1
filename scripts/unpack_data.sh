#!/usr/bin/env bash
# Unpacks a folder of archives into data sets for LATENT_DATA.
#
# usage: scripts/unpack_data.sh SOURCE DESTINATION
#   SOURCE/mnist, SOURCE/fashion-mnist   four IDX files, gzipped or not: copied
#   SOURCE/celeba/*.tar.gz, *.txt        -> celeba/img_align_celeba/*.jpg and the lists
#   SOURCE/flowers/*.tar.gz              -> flowers/<class>/*.jpg
# Missing sources are skipped. A destination made from the same files is left unchanged.
set -euo pipefail

fail() {
  echo "unpack_data: $*" >&2
  exit 1
}

if [[ $# -ne 2 ]]; then
  echo "usage: scripts/unpack_data.sh SOURCE DESTINATION" >&2
  exit 2
fi
[[ -d $1 ]] || fail "$1: no such folder"
source=$(cd "$1" && pwd)
destination=$(realpath -m -- "$2")
stamp=.unpacked

# Names, sizes and times: computing a digest of 170 MB would take longer than unpacking them.
fingerprint=$(cd "$source" && find . -type f -printf '%P %s %T@\n' | sort | sha256sum | cut -d ' ' -f 1)
is_ready() {
  [[ -f $destination/$stamp && $(<"$destination/$stamp") == "$fingerprint" ]]
}

is_ready && exit 0
mkdir -p "$(dirname "$destination")"
exec 9<"$(dirname "$destination")"
flock 9
# Another process may have unpacked everything while this one waited.
is_ready && exit 0
if [[ -e $destination && ! -f $destination/$stamp ]]; then
  fail "$destination: exists and was not made by this script; remove it or choose another folder"
fi

unpacking=$(mktemp -d "$destination.XXXXXX")
trap 'rm -rf "$unpacking"' EXIT
chmod 755 "$unpacking"

for name in mnist fashion-mnist; do
  compgen -G "$source/$name/*-ubyte*" >/dev/null || continue
  mkdir "$unpacking/$name"
  cp "$source/$name"/*-ubyte* "$unpacking/$name/"
done
for name in celeba flowers; do
  compgen -G "$source/$name/*.tar.gz" >/dev/null || continue
  mkdir "$unpacking/$name"
  for archive in "$source/$name"/*.tar.gz; do
    # Paths in the flowers archives begin with flowers/; those in the celeba archives do not begin with celeba/.
    prefix=$unpacking/$name
    [[ $(tar -tzf "$archive" 2>/dev/null | head -n 1) == "$name"/* ]] && prefix=$unpacking
    tar -xzf "$archive" -C "$prefix" --no-same-owner || fail "$archive: not a whole archive"
  done
  if compgen -G "$source/$name/*.txt" >/dev/null; then
    cp "$source/$name"/*.txt "$unpacking/$name/"
  fi
done
[[ -n $(ls "$unpacking") ]] ||
  fail "$source: nothing to unpack; expected mnist, fashion-mnist, celeba or flowers"
# Otherwise a read-only source would produce a destination that cannot be removed.
chmod -R u+w "$unpacking"

echo "$fingerprint" >"$unpacking/$stamp"
rm -rf "$destination"
mv "$unpacking" "$destination"
echo "unpack_data: $destination: $(cd "$destination" && echo *)"
