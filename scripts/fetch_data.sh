#!/usr/bin/env bash
# Downloads a data set into data/, or explains how to get it.
#
# usage: scripts/fetch_data.sh fashion_mnist|mnist|celeba [--dir FOLDER]
#   --dir FOLDER   the folder that holds the data sets (default: data)
#   LATENT_MIRROR  addresses with the folders mnist/ and fashion-mnist/, separated by spaces; tried
#                  in this order instead of the official ones
#
# An interrupted download resumes where it stopped. A file gets its final name only if its content has
# the published MD5: that of the uncompressed file, because mirrors compress differently.
#
# shellcheck disable=SC2034  # arrays are passed by name
set -euo pipefail

fail() {
  echo "fetch_data: $*" >&2
  exit 1
}

usage() {
  echo "usage: scripts/fetch_data.sh fashion_mnist|mnist|celeba [--dir FOLDER]" >&2
  exit 2
}

files=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)

mnist_digests=(
  6bbc9ace898e44ae57da46a324031adb
  a25bea736e30d166cdddb491f175f624
  2646ac647ad5339dbf082846283269ea
  27ae3e4e09519cfbb04c329615203637
)
mnist_mirrors=(
  https://ossci-datasets.s3.amazonaws.com/mnist
  https://storage.googleapis.com/cvdf-datasets/mnist
  http://yann.lecun.com/exdb/mnist
)

fashion_mnist_digests=(
  f4a8712d7a061bf5bd6d2ca38dc4d50a
  9018921c3c673c538a1fc5bad174d6f9
  8181f5470baa50b63fa0f6fddb340f0a
  15d484375f8d13e6eb1aabb0c3f46965
)
fashion_mnist_mirrors=(
  http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
  https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion
)

# is_whole FILE DIGEST: whether FILE is gzipped and its content has the digest.
is_whole() {
  [[ -f $1 ]] && [[ $(gzip -dc <"$1" 2>/dev/null | md5sum) == "$2  -" ]]
}

# download ADDRESS PART: appends the missing bytes to PART. Returns curl's exit code.
download() {
  local status=0
  curl --fail --location --silent --show-error --connect-timeout 15 --speed-limit 1000 \
    --speed-time 30 --retry 2 --continue-at - --output "$2" "$1" 2>"$errors" || status=$?
  # The server cannot resume (33), or it has no bytes beyond those in PART (22, HTTP 416).
  if [[ -s $2 ]] && { ((status == 33)) || { ((status == 22)) && grep -q 416 "$errors"; }; }; then
    status=0
    rm -f "$2"
    curl --fail --location --silent --show-error --connect-timeout 15 --speed-limit 1000 \
      --speed-time 30 --retry 2 --output "$2" "$1" 2>"$errors" || status=$?
  fi
  return "$status"
}

# fetch_file FOLDER FILE DIGEST MIRROR...
fetch_file() {
  local target=$1/$2 digest=$3
  local part=$target.part trouble="" address status
  shift 3
  for mirror in "$@"; do
    address=$mirror/${target##*/}
    # The second attempt starts from scratch: the first may have continued bytes from another mirror.
    for _ in resumed fresh; do
      local had_part=false
      [[ -s $part ]] && had_part=true
      status=0
      is_whole "$part" "$digest" || download "$address" "$part" || status=$?
      if ((status != 0)); then
        trouble+="; $address: $(head -n 1 "$errors")"
        break
      fi
      if is_whole "$part" "$digest"; then
        mv "$part" "$target"
        return
      fi
      rm -f "$part"
      $had_part || break
    done
    ((status != 0)) || trouble+="; $address: not the published file (its MD5 differs)"
  done
  fail "${target##*/}: no mirror provided it${trouble}; offline? put the file into ${target%/*} yourself," \
    "or set LATENT_MIRROR"
}

# fetch_idx FOLDER DIGESTS MIRRORS (names of arrays)
fetch_idx() {
  local folder=$root/$1
  local -n digests=$2 mirrors=$3
  local from=("${mirrors[@]}")
  local own address
  read -ra own <<<"${LATENT_MIRROR:-}"
  if ((${#own[@]})); then
    from=()
    for address in "${own[@]}"; do from+=("${address%/}/$1"); done
  fi
  mkdir -p "$folder"
  exec 9<"$folder"
  flock 9
  errors=$(mktemp)
  trap 'rm -f "$errors"' EXIT
  for i in "${!files[@]}"; do
    local file=${files[i]}.gz
    is_whole "$folder/$file" "${digests[i]}" && continue
    command -v curl >/dev/null || fail "curl not found; run scripts/setup.sh"
    echo "fetch_data: $folder/$file"
    rm -f "$folder/$file"
    fetch_file "$folder" "$file" "${digests[i]}" "${from[@]}"
  done
  echo "fetch_data: $folder: complete"
}

# rows STEM: prints how many images a CelebA list (.txt, or Kaggle's .csv) names; 0 if there is no list.
rows() {
  local list=$1.txt
  [[ -f $list ]] || list=$1.csv
  # Each row begins with a file name; a count and column names may precede the rows.
  if [[ -f $list ]]; then grep -cE '^[^ ,]+\.[a-zA-Z]+[ ,]' "$list" || true; else echo 0; fi
}

# CelebA's terms forbid redistribution, so this script downloads nothing.
check_celeba() {
  local folder=$root/celeba problems=()
  local images=0 attributes partition
  if [[ -d $folder/img_align_celeba ]]; then
    images=$(find -L "$folder/img_align_celeba" -name '*.jpg' | wc -l)
  fi
  attributes=$(rows "$folder/list_attr_celeba")
  partition=$(rows "$folder/list_eval_partition")
  echo "fetch_data: $folder: $images images, $attributes rows of attributes," \
    "$partition rows of the partition"
  ((images)) || problems+=("no img_align_celeba/*.jpg")
  ((attributes)) || problems+=("no list_attr_celeba.txt")
  ((partition)) || problems+=("no list_eval_partition.txt")
  ((images <= attributes || !attributes)) ||
    problems+=("list_attr_celeba lacks $((images - attributes)) images")
  ((images <= partition || !partition)) ||
    problems+=("list_eval_partition lacks $((images - partition)) images")
  ((${#problems[@]})) || return 0

  cat >&2 <<END
CelebA is for non-commercial research and must be downloaded by hand, under its terms:
  1. from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html, "Align&Cropped Images", download
     Img/img_align_celeba.zip, Anno/list_attr_celeba.txt and Eval/list_eval_partition.txt
  2. unzip img_align_celeba.zip -d $folder
  3. put the two lists into $folder
Kaggle's archive works too: its lists are .csv files, and its images may be one folder deeper.
The whole set has 202599 images; a part of them works too, with unchanged lists.
END
  printf -v problems '%s, ' "${problems[@]}"
  fail "$folder: ${problems%, }"
}

root=data
name=""
while (($#)); do
  case $1 in
    --dir)
      (($# > 1)) || usage
      root=$2
      shift
      ;;
    -*) usage ;;
    *)
      [[ -z $name ]] || usage
      name=$1
      ;;
  esac
  shift
done

case $name in
  mnist) fetch_idx mnist mnist_digests mnist_mirrors ;;
  fashion_mnist | fashion-mnist) fetch_idx fashion-mnist fashion_mnist_digests fashion_mnist_mirrors ;;
  celeba) check_celeba ;;
  "") usage ;;
  *) fail "$name: unknown data set; expected fashion_mnist, mnist or celeba" ;;
esac
