#!/usr/bin/env bash
# Runs shellcheck over every shell script, where it is installed.
# shellcheck source=_check.sh
source "$(dirname "${BASH_SOURCE[0]}")/_check.sh"
cd "$source"
command -v shellcheck >/dev/null || {
  echo "skipped: no shellcheck"
  exit 77
}
shellcheck --shell=bash --external-sources --source-path=SCRIPTDIR scripts/*.sh tests/scripts/*.sh .ci/run
