# Sourced by the tests of the scripts: a folder of one's own, and checks that say what they got.
# shellcheck shell=bash disable=SC2034  # variables for the tests
set -euo pipefail
trap 'echo "FAILED: line $LINENO: $BASH_COMMAND" >&2' ERR

source=${LATENT_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
work=$(mktemp -d)
helpers=()
cleanup() {
  ((${#helpers[@]} == 0)) || kill "${helpers[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

die() {
  echo "FAILED: $*" >&2
  exit 1
}

# run COMMAND...: leaves $output (both streams) and $status.
run() {
  status=0
  output=$("$@" 2>&1) || status=$?
}

expect_success() {
  ((status == 0)) || die "exit code $status: $output"
}

# expect_failure TEXT: it failed, with TEXT in its last line, and said so in one line of its own.
expect_failure() {
  ((status != 0)) || die "succeeded, expected a failure with: $1"
  [[ $(tail -n 1 <<<"$output") == *"$1"* ]] || die "expected '$1' in the last line of: $output"
}

expect_output() {
  [[ $output == *"$1"* ]] || die "expected '$1' in: $output"
}
