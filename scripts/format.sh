#!/usr/bin/env bash
# Checks the layout of the tracked C++ files with clang-format; --fix rewrites them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Newer versions lay some lines out differently; 14 decides where it is installed.
formatter=$(command -v clang-format-14 || command -v clang-format) || {
  echo "format: no clang-format; run scripts/setup.sh" >&2
  exit 1
}
mapfile -t files < <(git ls-files -- '*.cpp' '*.h')
((${#files[@]})) || exit 0

case ${1:-} in
  --fix) "$formatter" -i "${files[@]}" ;;
  "") "$formatter" --dry-run -Werror --ferror-limit=3 "${files[@]}" || {
    echo "format: run scripts/format.sh --fix" >&2
    exit 1
  } ;;
  *)
    echo "usage: scripts/format.sh [--fix]" >&2
    exit 2
    ;;
esac
