#!/bin/sh
# Bring an installation to the version in this folder:  sh upgrade.sh /opt/xiangwen
# Reports, index, passwords and votes are not touched. The version before stays for going back:
#   ln -sfn versions/OLD /opt/xiangwen/current
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?"用法 Usage: sh upgrade.sh /opt/xiangwen"}
[ -x "$target/current/bin/xiangwen" ] || {
  echo "$target 里没有安装过乡问，请用 install.sh。 Nothing is installed there: use install.sh." >&2
  exit 1
}
before=$(readlink "$target/current")
sh "$here/install.sh" "$target"
for folder in "$target"/versions/*; do
  case "versions/$(basename "$folder")" in
    "$before" | "$(readlink "$target/current")") ;;
    *) rm -rf "$folder" ;;
  esac
done
echo "请重启服务；索引若不能用，程序会说明怎样重建。 Restart the service; an index that is outdated will be named as such."
