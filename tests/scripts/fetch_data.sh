#!/usr/bin/env bash
# fetch_data.sh against a server here: whole, cut short, damaged, absent, already there.
# shellcheck source=_check.sh
source "$(dirname "${BASH_SOURCE[0]}")/_check.sh"
here=$(dirname "${BASH_SOURCE[0]}")

# Files of our own in the place of MNIST's, and a copy of the script that expects them.
served=$work/served
mkdir -p "$served/mnist" "$work/scripts"
cp "$source/scripts/fetch_data.sh" "$work/scripts/"
fetch=$work/scripts/fetch_data.sh
names=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)
published=(
  6bbc9ace898e44ae57da46a324031adb a25bea736e30d166cdddb491f175f624
  2646ac647ad5339dbf082846283269ea 27ae3e4e09519cfbb04c329615203637
)
for i in "${!names[@]}"; do
  head -c $((20000 + i)) /dev/urandom >"$work/content"
  gzip -c "$work/content" >"$served/mnist/${names[i]}.gz"
  digest=$(md5sum <"$work/content" | cut -d ' ' -f 1)
  grep -q "${published[i]}" "$fetch" || die "the published MD5 ${published[i]} is not in the script"
  sed -i "s/${published[i]}/$digest/" "$fetch"
done
first=${names[0]}.gz

# Sets $port. Not in a subshell: the server would not be stopped at the end.
serve() {
  local log=$work/port.${#helpers[@]}
  : >"$log"
  python3 "$here/_server.py" "$served" "$@" >"$log" &
  helpers+=($!)
  for _ in {1..100}; do
    port=$(<"$log")
    [[ -z $port ]] || return 0
    sleep 0.1
  done
  die "the server did not start"
}
serve
LATENT_MIRROR=http://127.0.0.1:$port
export LATENT_MIRROR

echo "a download from nothing"
run bash "$fetch" mnist --dir "$work/data"
expect_success
for name in "${names[@]}"; do
  cmp "$served/mnist/$name.gz" "$work/data/mnist/$name.gz"
done
compgen -G "$work/data/mnist/*.part" && die "a part was left"

echo "again: nothing is asked for"
: >"$served/requests.log"
run bash "$fetch" mnist --dir "$work/data"
expect_success
expect_output complete
[[ ! -s $served/requests.log ]] || die "asked for $(<"$served/requests.log")"

echo "a damaged file is fetched again"
echo damaged >"$work/data/mnist/$first"
run bash "$fetch" mnist --dir "$work/data"
expect_success
cmp "$served/mnist/$first" "$work/data/mnist/$first"

echo "a download that was cut short goes on where it stopped"
rm "$work/data/mnist/$first"
head -c 12345 "$served/mnist/$first" >"$work/data/mnist/$first.part"
: >"$served/requests.log"
run bash "$fetch" mnist --dir "$work/data"
expect_success
cmp "$served/mnist/$first" "$work/data/mnist/$first"
[[ $(<"$served/requests.log") == "/mnist/$first bytes=12345-" ]] ||
  die "expected one request from byte 12345: $(<"$served/requests.log")"

echo "a part of something else is thrown away"
rm "$work/data/mnist/$first"
head -c 30000 /dev/zero >"$work/data/mnist/$first.part"
run bash "$fetch" mnist --dir "$work/data"
expect_success
cmp "$served/mnist/$first" "$work/data/mnist/$first"

echo "a server without ranges"
serve --no-ranges
rm "$work/data/mnist/$first"
head -c 12345 "$served/mnist/$first" >"$work/data/mnist/$first.part"
LATENT_MIRROR=http://127.0.0.1:$port run bash "$fetch" mnist --dir "$work/data"
expect_success
cmp "$served/mnist/$first" "$work/data/mnist/$first"

echo "a file that is not the published one"
cp "$served/mnist/$first" "$work/kept.gz"
echo other | gzip -c >"$served/mnist/$first"
rm "$work/data/mnist/$first"
run bash "$fetch" mnist --dir "$work/data"
expect_failure "MD5 differs"
[[ ! -e $work/data/mnist/$first ]] || die "kept a wrong file"
mv "$work/kept.gz" "$served/mnist/$first"

echo "a file that is not there, and a server that is not there"
mv "$served/mnist/$first" "$work/kept.gz"
run bash "$fetch" mnist --dir "$work/data"
expect_failure 404
LATENT_MIRROR=http://127.0.0.1:1 run bash "$fetch" mnist --dir "$work/data"
expect_failure "offline?"
mv "$work/kept.gz" "$served/mnist/$first"

echo "from a server that is not there, and one that lacks the file, to the next"
mkdir "$work/elsewhere"
served=$work/elsewhere serve
lacking=http://127.0.0.1:$port
: >"$served/requests.log"
LATENT_MIRROR="http://127.0.0.1:1 $lacking $LATENT_MIRROR/" run bash "$fetch" mnist --dir "$work/data"
expect_success
cmp "$served/mnist/$first" "$work/data/mnist/$first"
[[ $(<"$served/requests.log") == "/mnist/$first None" ]] ||
  die "expected one request of the last: $(<"$served/requests.log")"
rm "$work/data/mnist/$first"
LATENT_MIRROR="http://127.0.0.1:1 $lacking" run bash "$fetch" mnist --dir "$work/data"
expect_failure "; http://127.0.0.1:1/mnist/$first: "
expect_failure "; $lacking/mnist/$first: "

echo "usage"
run bash "$fetch" cifar
expect_failure "cifar: unknown data set; expected fashion_mnist, mnist or celeba"
run bash "$fetch"
expect_failure usage

echo "celeba: what is missing, what does not match, what is whole"
celeba=$work/data/celeba
run bash "$fetch" celeba --dir "$work/data"
expect_failure "no img_align_celeba/*.jpg, no list_attr_celeba.txt, no list_eval_partition.txt"
mkdir -p "$celeba/img_align_celeba"
touch "$celeba"/img_align_celeba/00000{1,2}.jpg
printf '1\nBald\n000001.jpg 1\n' >"$celeba/list_attr_celeba.txt"
printf '000001.jpg 0\n000002.jpg 1\n' >"$celeba/list_eval_partition.txt"
run bash "$fetch" celeba --dir "$work/data"
expect_failure "list_attr_celeba lacks 1 images"
echo '000002.jpg -1' >>"$celeba/list_attr_celeba.txt"
run bash "$fetch" celeba --dir "$work/data"
expect_success
expect_output "2 images, 2 rows of attributes, 2 rows of the partition"
rm "$celeba"/list_*.txt
printf 'image_id,Bald\n000001.jpg,1\n000002.jpg,-1\n' >"$celeba/list_attr_celeba.csv"
printf 'image_id,partition\n000001.jpg,0\n000002.jpg,1\n' >"$celeba/list_eval_partition.csv"
run bash "$fetch" celeba --dir "$work/data"
expect_success
expect_output "2 images, 2 rows of attributes, 2 rows of the partition"

if [[ -n ${LATENT_DATA:-} ]]; then
  echo "the real files have the published MD5s"
  for name in mnist fashion-mnist; do
    [[ -d $LATENT_DATA/$name ]] || continue
    mkdir -p "$work/real/$name"
    cp "$LATENT_DATA/$name"/*.gz "$work/real/$name/"
    LATENT_MIRROR=http://127.0.0.1:1 run bash "$source/scripts/fetch_data.sh" "$name" --dir "$work/real"
    expect_success
  done
fi
