# Shared by the benchmark scripts: the binary, a temporary folder, training, figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

latent=$PWD/build/release/latent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

train() { # NAME CONFIG [options]: trains a run in $work/NAME, which it replaces
  local name=$1 config=$2
  shift 2
  "$latent" train "configs/$config.json" --run "$work/$name" --overwrite --quiet --set train.pictures_every=0 "$@" > /dev/null
}

ask() { # NAME COMMAND [options]: writes the command's result for the last epoch and the test split to NAME.json
  local name=$1 command=$2
  shift 2
  "$latent" "$command" --run "$work/$name" --checkpoint last --split test --json "$@" > "$work/$name.json"
}

# Prints numbers from NAME.json, selected by their keys, in a format.
figures() { # NAME FORMAT KEY.KEY...
  python3 -c 'import json, sys
found = []
for path in sys.argv[3:]:
    value = json.load(open(sys.argv[1]))
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    found.append(value)
print(sys.argv[2].format(*found))' "$work/$1.json" "${@:2}"
}

median() { # of the numbers on stdin
  sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}
