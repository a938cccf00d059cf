# Sourced by the other scripts: finds what the machine lacks; root gets it installed, everybody else is told what to install.

unset PYTHONDONTWRITEBYTECODE  # without its compiled form the desk takes ten seconds to load, in every process

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '错误：%s\n' "$*" >&2; exit 1; }

apt_update_once() {
  [ -n "${GONGKAI_APT_UPDATED:-}" ] && return
  say "更新系统软件包列表"
  apt-get update -qq </dev/null >&2 || fail "无法更新软件包列表：请检查网络或软件源后重试"
  export GONGKAI_APT_UPDATED=1
}

# need_packages 用途 软件包…
need_packages() {
  local purpose=$1 log
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "缺少${purpose}。请执行：sudo apt-get install -y $*（其他系统请安装同类软件包），然后重试"
  fi
  apt_update_once
  say "安装${purpose}：$*"
  log=$(mktemp)
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null >"$log" 2>&1 ||
    { tail -20 "$log" >&2; fail "安装失败：$*"; }
  rm -f "$log"
}

# Install the headless build where the system has a package of it; the whole browser where there is neither.
need_chromium() {
  local package=chromium
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt_update_once
    apt-cache show chromium-headless-shell >/dev/null 2>&1 && package=chromium-headless-shell
  fi
  [ "$package" = chromium ] && find_chromium >/dev/null && return
  need_packages "浏览器（页面测试）" "$package"
}

has_library() {
  local known
  known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
  case $known in *"$1"*) return 0 ;; *) return 1 ;; esac
}

# A Python of at least 3.11, or of exactly the minor version asked for; its path is printed.
find_python() {
  local name
  for name in "${GONGKAI_PYTHON:-}" ${1:+"python$1"} python3.13 python3.12 python3.11 python3 python; do
    [ -n "$name" ] && command -v "$name" >/dev/null || continue
    "$name" -c 'import sys; v = sys.version_info[:2]; sys.exit(v < (3, 11) or "%d.%d" % v != (sys.argv[1] or "%d.%d" % v))' "${1:-}" 2>/dev/null || continue
    command -v "$name"
    return 0
  done
  return 1
}

# The headless build comes first: the same engine without the window around it takes less than half the processor.
find_chromium() {
  local name
  for name in "${GONGKAI_CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

# Whether a folder in memory (tmpfs) holds what a run of the tests writes and lets programs run, and memory is left:
# 6 GB there, 10 GB in all.
has_memory_for() {
  local room memory probe
  [ -d "$1" ] && [ -w "$1" ] || return 1
  probe=$(mktemp "$1/gongkai-probe-XXXXXX" 2>/dev/null) || return 1
  printf '#!/bin/sh\n' >"$probe" && chmod 700 "$probe"
  "$probe" 2>/dev/null || { rm -f "$probe"; return 1; }
  rm -f "$probe"
  room=$(df -Pk "$1" | awk 'NR == 2 { print $4 }')
  memory=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null)
  [ "${room:-0}" -ge $((6 << 20)) ] && [ "${memory:-0}" -ge $((10 << 20)) ]
}

# The regular face of a font family, as a file; fails when only a substitute is there.
find_font() {
  local found
  command -v fc-match >/dev/null || return 1
  found=$(fc-match -f '%{file}|%{family}' "$1:style=Regular")
  case $found in *"$1"*) printf '%s\n' "${found%%|*}" ;; *) return 1 ;; esac
}

# The folder of initdb, pg_ctl and postgres; the newest one installed.
find_postgres() {
  local folder
  if [ -n "${GONGKAI_POSTGRES:-}" ]; then printf '%s\n' "$GONGKAI_POSTGRES"; return 0; fi
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rV); do
    [ -x "$folder/initdb" ] && { printf '%s\n' "$folder"; return 0; }
  done
  command -v initdb >/dev/null && dirname "$(command -v initdb)"
}
