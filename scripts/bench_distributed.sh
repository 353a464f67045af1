#!/usr/bin/env bash
# Measures training in several processes: images/s of two processes of one thread against one process of two threads, in
# turn; the time that a step spends in sums of all processes, on loopback, over a link of 1 Gbit/s between two network
# namespaces, and over one of 1 ms (root only); and how well the cost model (scripts/distributed_cost.py) predicts 1, 2 and 4 processes.
#
# usage: scripts/bench_distributed.sh [ROUNDS [CONFIG]]   (default 5 rounds of fashion_mnist_vae with a batch of 200)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

rounds=${1:-5}
config=${2:-fashion_mnist_vae}
images=${IMAGES:-6000}
common=(--set "data.count=$images" --set train.epochs=1 --set train.batch_size=200)
printf 'processors %s, load %s\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"

# run NAME PROCESSES THREADS [PREFIX...]: trains an epoch; rank 0's result goes to NAME.json. PREFIX: words before each
# process, %d is its rank.
run() {
  local name=$1 processes=$2 threads=$3 rank port words=()
  shift 3
  port=$((20000 + RANDOM % 10000))
  for ((rank = 0; rank < processes; ++rank)); do
    words=("${@//%d/$rank}" env "OMP_NUM_THREADS=$threads")
    if ((processes > 1)); then
      words+=("RANK=$rank" "WORLD_SIZE=$processes" "MASTER_ADDR=${address:-127.0.0.1}" "MASTER_PORT=$port")
    fi
    "${words[@]}" "$latent" train "configs/$config.json" --run "$work/$name" --overwrite --quiet --json \
      --set train.pictures_every=0 "${common[@]}" > "$work/$name-$rank.json" &
  done
  wait
  mv "$work/$name-0.json" "$work/$name.json"
}

# speed NAME: images/s of the epoch's steps
speed() {
  python3 -c 'import csv, sys; print(list(csv.DictReader(open(sys.argv[1])))[-1]["images_per_second"])' "$work/$1/metrics.csv"
}

# share NAME: of the epoch's time that went to sums
share() {
  python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(d.get("exchange_seconds", 0) / d["seconds"])' "$work/$1.json"
}

paired() {
  python3 -c 'import math, statistics, sys
pairs = [tuple(map(float, line.split())) for line in open(sys.argv[1])]
ratios = [b / a for a, b in pairs]
half = 1.96 * statistics.stdev(ratios) / math.sqrt(len(ratios)) if len(ratios) > 1 else math.nan
print(f"one process of two threads {statistics.median(a for a, _ in pairs):.0f} images/s, two of one "
      f"{statistics.median(b for _, b in pairs):.0f}; ratio {statistics.mean(ratios):.3f} +- {half:.3f} ({len(pairs)} pairs)")' "$work/pairs"
}

for ((round = 0; round < rounds; ++round)); do
  run one 1 2
  run two 2 1
  echo "$(speed one) $(speed two)" >> "$work/pairs"
  share two >> "$work/shares"
done
paired
printf 'sums of two processes on loopback: %.1f %% of the time\n' "$(median < "$work/shares" | awk '{ print 100 * $1 }')"

# The cost model: compute from one process at two batch sizes, latency and bandwidth from sums alone.
python=$(compgen -G "${LATENT_CACHE:-$HOME/.cache/latent}/torch-*/bin/python3" | head -n 1)
bytes=$("$latent" train "configs/$config.json" --dry-run --json --quiet "${common[@]}" |
  python3 -c 'import json, sys; print(4 * json.load(sys.stdin)["parameters"])')
read -r small large < <("$python" -m torch.distributed.run --standalone --nproc-per-node 2 scripts/_exchange.py "$bytes")
for processes in 1 2 4; do
  run "model$processes" "$processes" 1
  speed "model$processes" > "$work/speed$processes"
done
common+=(--set train.batch_size=100)
run half 1 1
unset "common[-1]" "common[-1]"
python3 scripts/distributed_cost.py --batch 200 --bytes "$bytes" --cores "$(nproc)" --half "$(speed half)" --sums "$small" "$large" \
  --measured "1=$(< "$work/speed1")" "2=$(< "$work/speed2")" "4=$(< "$work/speed4")"

if ((EUID != 0)) || ! command -v tc > /dev/null; then
  echo "link of 1 Gbit/s: not measured (needs root and iproute2)"
  exit
fi
clean() {
  for end in 0 1; do ip netns delete "bench$end-$$" 2> /dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT
for end in 0 1; do ip netns add "bench$end-$$"; done
ip link add "bl0-$$" type veth peer name "bl1-$$"
for end in 0 1; do
  ip link set "bl$end-$$" netns "bench$end-$$"
  ip netns exec "bench$end-$$" ip addr add "10.123.8.$((end + 1))/24" dev "bl$end-$$"
  ip netns exec "bench$end-$$" ip link set "bl$end-$$" up
  ip netns exec "bench$end-$$" ip link set lo up
  ip netns exec "bench$end-$$" tc qdisc add dev "bl$end-$$" root tbf rate 1gbit burst 256kb latency 50ms
done
address=10.123.8.1
run link 2 1 ip netns exec "bench%d-$$"
printf 'sums of two processes over 1 Gbit/s: %.1f %% of the time\n' "$(share link | awk '{ print 100 * $1 }')"

# The same with a millisecond from one to the other, each way.
python3 tests/cli/_relay.py "bench0-$$" "bench1-$$" 1 1000 > "$work/relay" &
relay=$!
trap 'kill "$relay" 2> /dev/null || true; clean' EXIT
until grep -q ready "$work/relay"; do
  kill -0 "$relay" && sleep 0.1
done
address=10.123.9.1
run slow 2 1 ip netns exec "bench%d-$$"
printf 'sums of two processes over 1 Gbit/s and 1 ms: %.1f %% of the time\n' "$(share slow | awk '{ print 100 * $1 }')"
