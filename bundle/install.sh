#!/bin/sh
# Install Xiangwen out of this folder, without a network:  sh install.sh /opt/xiangwen
# Each version has a folder of its own; TARGET/current points to the one in use, and moves only when the new one runs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?"用法 Usage: sh install.sh /opt/xiangwen"}
said() { sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" "$here/bundle.json"; }
refuse() { echo "$1" >&2; exit 1; }

[ "$(uname -s) $(uname -m)" = "Linux $(said machine)" ] ||
  refuse "这个安装包用于 Linux $(said machine)。 This bundle is for Linux on $(said machine)."
python=$(command -v "python$(said python)") ||
  refuse "需要 Python $(said python)。 Python $(said python) is needed."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  refuse "缺少 venv 模块（Debian：apt-get install python3-venv）。 Python's venv module is missing."
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) ||
  refuse "安装包已损坏，请重新复制。 The bundle is damaged: copy it again."

mkdir -p "$target"
target=$(cd "$target" && pwd)
name=$(said version)-$(sha256sum "$here/requirements.txt" | cut -c1-8)
folder=$target/versions/$name
if ! [ -e "$folder/.complete" ]; then
  rm -rf "$folder"
  "$python" -m venv "$folder"
  # Each wheel has its SHA-256 in requirements.txt; torch, which the product's wheel names too, is left out on purpose.
  "$folder/bin/python" -m pip --disable-pip-version-check --quiet install \
    --no-index --no-deps --require-hashes --find-links "$here/wheels" --requirement "$here/requirements.txt"
  "$folder/bin/xiangwen" --version >/dev/null
  touch "$folder/.complete"
fi
ln -sfn "versions/$name" "$target/current.new"
mv -T "$target/current.new" "$target/current"
echo "已安装：$target/current/bin/xiangwen。 Installed."
