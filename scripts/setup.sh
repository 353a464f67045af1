#!/usr/bin/env bash
# Installs what building and testing need: the distribution's packages (Debian 12, Ubuntu 24.04)
# and LibTorch, the one inside PyPI's torch, in a cache outside the checkout that clones share.
# Does nothing, in a fraction of a second, when all of it is there.
set -euo pipefail

torch_version=2.11.0
cache=${LATENT_CACHE:-$HOME/.cache/latent}
torch_home=$cache/torch-$torch_version
tools_file=$(dirname "${BASH_SOURCE[0]}")/test_tools.txt

packages=(
  g++ cmake ninja-build ccache mold lld git
  libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev
  libspdlog-dev libfmt-dev nlohmann-json3-dev libcxxopts-dev
  libcpp-httplib-dev
  zlib1g-dev libzip-dev libprotozero-dev libpng-dev libgif-dev libfreetype-dev fonts-dejavu-core gnuplot-nox
  libgtest-dev libgmock-dev libbenchmark-dev
  libgloo-dev
  python3-venv clang-format-14 curl ca-certificates
)

usage() {
  cat <<END
usage: scripts/setup.sh [--fuzz] [--test-tools] [--no-apt] [--no-torch]
  --fuzz        also what scripts/fuzz.sh needs: Clang with libFuzzer
  --test-tools  also other people's programs that tests need: scripts/test_tools.txt, Chromium, ffmpeg,
                other shells
  --no-apt      leave the distribution's packages alone
  --no-torch    do not install LibTorch

LATENT_CACHE          where LibTorch and the tools go (default: ~/.cache/latent)
LATENT_TORCH_DIR, Torch_DIR or CMAKE_PREFIX_PATH
                      your own LibTorch: nothing is installed then
END
}

fail() {
  echo "setup: $*" >&2
  exit 1
}

with_apt=true
with_torch=true
with_tools=false
for argument in "$@"; do
  case $argument in
    --fuzz) packages+=(clang libclang-rt-dev) ;;
    --test-tools) packages+=(chromium chromium-driver ffmpeg fish iproute2 man-db openmpi-bin zsh) && with_tools=true ;;
    --no-apt) with_apt=false ;;
    --no-torch) with_torch=false ;;
    -h | --help) usage && exit ;;
    *) fail "$argument: unknown option; see scripts/setup.sh --help" ;;
  esac
done

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}|${Package}\n' "${packages[@]}" 2>/dev/null || true)
  for package in "${packages[@]}"; do
    grep -qxF "ii |$package" <<<"$installed" || echo "$package"
  done
}

# Prints the arguments without what not every distribution has, where this one lacks it:
# clang-format-14, since what is laid out by another version fails the check and nothing else needs
# it, Chromium, and what training in several processes needs.
available() {
  for package in "$@"; do
    [[ $package != @(clang-format-14|chromium|chromium-driver|libgloo-dev|openmpi-bin) ]] ||
      apt-cache show "$package" >/dev/null 2>&1 || continue
    echo "$package"
  done
}

install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "setup: no apt-get here; install the equivalents of: ${packages[*]}" >&2
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) && return
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "not root and no sudo; ask for these packages: ${missing[*]}"
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  local log
  log=$(mktemp)
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  # The package lists of a long-lived machine are stale, those of a fresh container absent.
  if ! { "${apt[@]}" update && mapfile -t missing < <(available "${missing[@]}") &&
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get failed (log: $log); the packages wanted: ${missing[*]}"
  fi
  rm -f "$log"
}

# Prints a Python that can make a virtual environment and that torch supports.
find_python() {
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  fail "no Python 3.10 or newer with the venv module; install python3-venv"
}

torch_works() {
  [[ -x $torch_home/bin/python3 ]] && "$torch_home/bin/python3" - "$torch_version" 2>/dev/null <<'END'
import sys, numpy, safetensors, torch
sys.exit(torch.__version__.split("+")[0] != sys.argv[1])
END
}

# pip_install HOME ARGUMENTS...: into that virtual environment.
pip_install() {
  local home=$1
  shift
  # Temporary files on the disk that was checked: /tmp may be small.
  mkdir -p "$home/tmp"
  TMPDIR=$home/tmp "$home/bin/python3" -m pip install --quiet --no-cache-dir \
    --disable-pip-version-check "$@" || fail "pip could not install $*; see above, then run this again"
  rm -rf "$home/tmp"
}

# One set-up at a time in the cache, until this one ends.
lock_cache() {
  mkdir -p "$cache"
  exec 9<"$cache"
  flock -n 9 || { echo "setup: waiting for another set-up to finish" && flock 9; }
}

# need_space GIB WHAT
need_space() {
  local free_gib
  free_gib=$(($(df --output=avail -k "$cache" | tail -n 1) / 1024 / 1024))
  ((free_gib >= $1)) || fail "$cache: $2 needs $1 GiB while it installs, $free_gib free; set LATENT_CACHE"
}

install_torch() {
  # Written last: a folder without it is an install that was cut short. It names what is in there.
  local stamp=$torch_home/complete content="torch $torch_version, cuda headers and compiler"
  is_complete() {
    [[ -f $stamp && $(<"$stamp") == "$content" ]] &&
      compgen -G "$torch_home/lib/python3*/site-packages/torch/lib/libtorch.so" >/dev/null
  }

  is_complete && return
  lock_cache
  is_complete && return

  if ! torch_works; then
    local python
    python=$(find_python)
    need_space 10 LibTorch
    echo "setup: installing LibTorch $torch_version into $torch_home (5 GB, some minutes)"
    rm -rf "$torch_home"
    "$python" -m venv "$torch_home"
    pip_install "$torch_home" "torch==$torch_version" numpy safetensors
    torch_works || fail "$torch_home: torch does not import; remove the folder and run this again"
  fi
  # What our CUDA kernels are compiled with. torch depends on all of CUDA's headers but these two.
  local cuda
  cuda=$("$torch_home/bin/python3" -c 'import torch; print(torch.version.cuda or "")')
  if [[ -n $cuda ]]; then
    pip_install "$torch_home" "nvidia-cuda-nvcc==$cuda.*" "nvidia-nvvm==$cuda.*" \
      "nvidia-cuda-crt==$cuda.*" "nvidia-cuda-cccl==$cuda.*" --no-deps
  fi
  echo "$content" >"$stamp"
}

install_tools() {
  local home stamp python
  home=$cache/test-tools-$(sha256sum <"$tools_file" | head -c 12)
  stamp=$home/complete  # written last, as above
  [[ -f $stamp ]] && return
  lock_cache
  [[ -f $stamp ]] && return
  python=$(find_python)
  need_space 3 "the tests' tools"
  echo "setup: installing the tests' tools into $home (1 GB, a minute)"
  rm -rf "$home"
  "$python" -m venv "$home"
  pip_install "$home" --requirement "$tools_file"
  touch "$stamp"
}

if $with_apt; then
  install_packages
fi
if $with_torch && [[ -z ${LATENT_TORCH_DIR:-}${Torch_DIR:-}${CMAKE_PREFIX_PATH:-} ]]; then
  install_torch
fi
if $with_tools; then
  install_tools
fi
