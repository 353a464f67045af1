#!/usr/bin/env bash
# setup.sh: what it does without installing anything.
# shellcheck source=_check.sh
source "$(dirname "${BASH_SOURCE[0]}")/_check.sh"
setup=$source/scripts/setup.sh
version=$(grep -oP '^torch_version=\K.*' "$setup")
unset LATENT_TORCH_DIR Torch_DIR CMAKE_PREFIX_PATH
export LATENT_CACHE=$work/cache

echo "the version is the one CMake looks for"
grep -q "LATENT_TORCH_VERSION $version)" "$source/cmake/LatentTorch.cmake"

echo "a complete LibTorch is left alone"
site=$LATENT_CACHE/torch-$version/lib/python3.11/site-packages/torch/lib
mkdir -p "$site"
touch "$site/libtorch.so"
echo "torch $version, cuda headers and compiler" >"$LATENT_CACHE/torch-$version/complete"
run bash "$setup" --no-apt
expect_success
[[ -z $output ]] || die "said: $output"

echo "one's own LibTorch: nothing is installed"
rm -r "$LATENT_CACHE"
LATENT_TORCH_DIR=/opt/libtorch run bash "$setup" --no-apt
expect_success
[[ ! -e $LATENT_CACHE ]]

echo "an install that was cut short is done again"
mkdir -p "$site" "$work/bin"
touch "$site/libtorch.so"
# A python3 that makes environments whose pip fails, as it does offline.
cat >"$work/bin/python3" <<'END'
#!/usr/bin/env bash
case "$*" in
  *ensurepip*) exit 0 ;;
  "-m venv "*) mkdir -p "${!#}/bin" && cp "$0" "${!#}/bin/python3" ;;
  *) exit 1 ;;
esac
END
chmod +x "$work/bin/python3"
PATH=$work/bin:$PATH run bash "$setup" --no-apt
expect_failure "pip could not install torch==$version"
[[ ! -e $LATENT_CACHE/torch-$version/complete && ! -e $site/libtorch.so ]]

echo "complete tools are left alone"
tools=$LATENT_CACHE/test-tools-$(sha256sum <"$source/scripts/test_tools.txt" | head -c 12)
mkdir -p "$tools"
touch "$tools/complete"
run bash "$setup" --no-apt --no-torch --test-tools
expect_success
[[ -z $output ]] || die "said: $output"

echo "tools that were cut short are installed again"
rm "$tools/complete"
touch "$tools/rest"
PATH=$work/bin:$PATH run bash "$setup" --no-apt --no-torch --test-tools
expect_failure "pip could not install --requirement"
[[ ! -e $tools/complete && ! -e $tools/rest ]]

echo "every tool has one version"
grep -v '^#' "$source/scripts/test_tools.txt" | grep -vE '^[a-z0-9-]+==[0-9.]+$' &&
  die "expected NAME==VERSION"

echo "usage"
run bash "$setup" --nonsense
expect_failure "--nonsense: unknown option"

echo "every package is named once"
mapfile -t twice < <(sed -n '/^packages=(/,/^)/p' "$setup" | sed '1d;$d' | xargs -n 1 | sort | uniq -d)
((${#twice[@]} == 0)) || die "named twice: ${twice[*]}"
