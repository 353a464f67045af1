#!/usr/bin/env bash
# Measures the cost of data: packing the faces, starting a second run, the share of a training step, a pack
# compared with memory, listing a million files, and the memory for a million images. Each figure comes from the program itself.
#
# usage: scripts/bench_data.sh [decode] [start] [share] [pack] [list] [memory]    (default: all)
#   the first three need CelebA, in LATENT_DATA or data/
#   LATENT_BENCH_MILLION, LATENT_BENCH_SHAPES: fewer images, to try out the last three
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

faces=configs/celeba_faces_vae.json
export LATENT_CACHE=$work/cache
rounds=3

# field FILE KEY
field() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

train() { # NAME CONFIG [options]; leaves $work/NAME.json
  local name=$1 config=$2
  shift 2
  "$latent" train "$config" --run "$work/$name" --overwrite --quiet --json --set train.pictures_every=0 "$@" \
    >"$work/$name.json"
}

decode() { # FILTER
  for ((round = 0; round < rounds; ++round)); do
    rm -rf "$LATENT_CACHE"
    "$latent" data pack "$faces" --quiet --json --set "data.filter=$1" >"$work/pack.json"
    python3 -c 'import json, sys
pack = json.load(open(sys.argv[1]))
print(round(pack["images"] / pack["seconds"]))' "$work/pack.json"
  done | median
}

# Prints the seconds from launch to the first training step, as logged, and ends the run then.
first_step() {
  local log=$work/first.log
  "$latent" train "$faces" --run "$work/first" --overwrite >/dev/null 2>"$log" &
  local run=$!
  while kill -0 "$run" && ! grep -q "^first step" "$log"; do
    sleep 0.05
  done
  kill -TERM "$run"
  wait "$run" || true
  sed -n 's/^first step \(.*\) s after the launch$/\1/p' "$log"
}

# Tiny models, so that a step spends most of its time on its images.
small=(--set 'model.encoder.channels=[8,8]' --set model.latent_dim=2)
shapes=(--set "data.count=${LATENT_BENCH_SHAPES:-30000}" --set train.batch_size=128)
million=${LATENT_BENCH_MILLION:-1000000}
cat >"$work/million.json" <<END
{"data": {"name": "shapes", "count": $million, "pack": "always"},
 "model": {"encoder": {"name": "dense", "hidden": [16]}, "latent_dim": 2},
 "train": {"epochs": 1, "batch_size": 1000, "pictures_every": 0}}
END

# Makes $million files in 1000 folders: hard links to one small PNG in each.
make_files() {
  python3 - "$work/files" "$million" <<'END'
import os, struct, sys, zlib
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)) +
       chunk(b"IDAT", zlib.compress(b"\0" * 72)) + chunk(b"IEND", b""))
for folder in range(1000):
    path = f"{sys.argv[1]}/class_{folder:04d}"
    os.makedirs(path)
    with open(f"{path}/image_00000.png", "wb") as file:
        file.write(png)
    for i in range(1, int(sys.argv[2]) // 1000):
        os.link(f"{path}/image_00000.png", f"{path}/image_{i:05d}.png")
END
  echo "{\"data\": {\"name\": \"folder\", \"dir\": \"$work/files\", \"channels\": 1}}" >"$work/files.json"
}

# Prints the seconds from launch until the files are listed and packing begins, and the most memory in MB until then.
list_files() {
  local log=$work/list.log begin=$EPOCHREALTIME
  "$latent" data pack "$work/files.json" >/dev/null 2>"$log" &
  local run=$! most=0
  while kill -0 "$run" && ! grep -q "^packing" "$log"; do
    sleep 0.05
  done
  most=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$run/status")
  echo "$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begin }") $most"
  kill -TERM "$run"
  wait "$run" || true
}

for part in "${@:-decode start share pack list memory}"; do
  for which in $part; do
    case $which in
      decode)
        echo "faces, JPEG to 32x32 in a pack on disk, area: $(decode area) images/s (bound: 6000)"
        echo "faces, the same, bilinear: $(decode bilinear) images/s"
        ;;
      start)
        "$latent" data pack "$faces" --quiet >/dev/null
        for ((round = 0; round < rounds; ++round)); do
          first_step
        done | median | sed 's/.*/second run on the faces, from launch to the first step: & s (bound: 1.5)/'
        ;;
      share)
        train share "$faces" --set train.epochs=1 --set data.count=2000
        echo "data share of a training step, faces preset: $(field "$work/share.json" data_share) (bound: 0.05)"
        ;;
      pack)
        for ((round = 0; round < 7; ++round)); do
          for kind in always never; do
            "$latent" bench configs/shapes_vae.json "${small[@]}" "${shapes[@]}" --set "data.pack=$kind" --windows 1 \
              --quiet | awk 'END { print $1 }' >>"$work/$kind.rates"
          done
        done
        a=$(median <"$work/always.rates") b=$(median <"$work/never.rates")
        echo "images/s from a pack $a, from memory $b, ratio $(awk "BEGIN { printf \"%.3f\", $a / $b }") (bound: 0.97)"
        ;;
      list)
        make_files
        read -r seconds megabytes <<<"$(list_files)"
        echo "$million files in 1000 folders listed in $seconds s (bound: 20), $megabytes MB resident (bound: 1000)"
        rm -rf "$work/files"
        ;;
      memory)
        "$latent" train "$work/million.json" --run "$work/million" --quiet >/dev/null &
        most=0
        while kill -0 $! 2>/dev/null; do
          now=$(awk '/RssAnon|RssShmem/ { sum += $2 } END { print sum + 0 }' "/proc/$!/status" 2>/dev/null || echo 0)
          ((now > most)) && most=$now
          sleep 0.2
        done
        wait $!
        echo "$million images of 32x32: $((most / 1024)) MB resident, without mapped files (bound: 1500)"
        ;;
      *) echo "bench_data: $which: expected decode, start, share, pack, list or memory" >&2; exit 2 ;;
    esac
  done
done
