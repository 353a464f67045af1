#!/usr/bin/env bash
# Checks the formatting of the tracked C++ and CUDA files with clang-format; --fix reformats them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Other versions format some lines differently.
formatter=$(command -v clang-format-14 || command -v clang-format) || {
  echo "format: no clang-format; run scripts/setup.sh" >&2
  exit 1
}
version=$("$formatter" --version)
if [[ ! $version =~ \ 14\. ]]; then
  echo "format: $formatter: ${version%%$'\n'*}; expected version 14: install clang-format-14" >&2
  exit 1
fi
mapfile -t files < <(git ls-files -- '*.cpp' '*.h' '*.cu' '*.cuh')
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
