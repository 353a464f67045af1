#!/usr/bin/env bash
# unpack_data.sh on small archives laid out like the real ones.
# shellcheck source=_check.sh
source "$(dirname "${BASH_SOURCE[0]}")/_check.sh"
unpack=$source/scripts/unpack_data.sh
from=$work/from
to=$work/to

mkdir -p "$from"/{mnist,celeba,flowers} "$work/a/img_align_celeba" "$work/b/img_align_celeba" "$work/c/flowers/rose"
echo digits | gzip -c >"$from/mnist/train-images-idx3-ubyte.gz"
echo 1 >"$work/a/img_align_celeba/000001.jpg"
echo 2 >"$work/b/img_align_celeba/000002.jpg"
echo 3 >"$work/c/flowers/rose/1.jpg"
tar -czf "$from/celeba/part1.tar.gz" -C "$work/a" img_align_celeba
tar -czf "$from/celeba/part2.tar.gz" -C "$work/b" img_align_celeba
tar -czf "$from/flowers/flowers.tar.gz" -C "$work/c" flowers
echo list >"$from/celeba/list_attr_celeba.txt"
chmod -R a-w "$from"

echo "everything lands where the data sets are looked for"
run bash "$unpack" "$from" "$to"
expect_success
[[ $(<"$to/celeba/img_align_celeba/000001.jpg")$(<"$to/celeba/img_align_celeba/000002.jpg") == 12 ]]
[[ $(<"$to/flowers/rose/1.jpg") == 3 && $(<"$to/celeba/list_attr_celeba.txt") == list ]]
cmp "$from/mnist/train-images-idx3-ubyte.gz" "$to/mnist/train-images-idx3-ubyte.gz"
[[ ! -e $to/fashion-mnist ]]
compgen -G "$to.*" && die "something was left beside it"

echo "a second call does nothing, a changed source is unpacked anew"
inode=$(stat -c %i "$to")
run bash "$unpack" "$from" "$to"
expect_success
[[ -z $output && $(stat -c %i "$to") == "$inode" ]] || die "unpacked again: $output"
chmod -R u+w "$from"
echo changed >"$from/celeba/list_attr_celeba.txt"
run bash "$unpack" "$from" "$to"
expect_success
[[ $(<"$to/celeba/list_attr_celeba.txt") == changed ]]

echo "a damaged archive leaves what was there"
head -c 60 "$from/celeba/part1.tar.gz" >"$work/short" && cp "$work/short" "$from/celeba/part1.tar.gz"
run bash "$unpack" "$from" "$to"
expect_failure "part1.tar.gz: not a whole archive"
[[ -f $to/celeba/img_align_celeba/000001.jpg ]]
compgen -G "$to.*" && die "something was left beside it"

echo "somebody else's folder is not touched"
mkdir "$work/mine" "$work/empty" && echo precious >"$work/mine/file"
run bash "$unpack" "$from" "$work/mine"
expect_failure "was not made by this script"
[[ $(<"$work/mine/file") == precious ]]

echo "nothing to unpack, no source"
run bash "$unpack" "$work/empty" "$work/none"
expect_failure "nothing to unpack"
run bash "$unpack" "$work/nowhere" "$work/none"
expect_failure "no such folder"
