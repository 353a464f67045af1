#!/usr/bin/env bash
# format.sh: which formatter it trusts.
# shellcheck source=_check.sh
source "$(dirname "${BASH_SOURCE[0]}")/_check.sh"

echo "another version is refused, since it lays lines out differently"
mkdir "$work/bin"
printf '#!/bin/sh\necho "Ubuntu clang-format version 18.1.3 (1ubuntu1)"\n' >"$work/bin/clang-format-14"
chmod +x "$work/bin/clang-format-14"
PATH=$work/bin:$PATH run bash "$source/scripts/format.sh"
expect_failure "version 18.1.3 (1ubuntu1); expected version 14: install clang-format-14"

echo "usage"
run bash "$source/scripts/format.sh" --nonsense
((status != 0)) || die "an unknown option was taken"
