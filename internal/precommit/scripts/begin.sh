# The beginning of every hook: what common.sh is for a build. Tools and reports are kept within .git, where nobody commits them.
set -eu
STORESHIP=$(git rev-parse --absolute-git-dir)/storeship/$HOOKS_OF
export STORESHIP
mkdir -p "$STORESHIP"
say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}
