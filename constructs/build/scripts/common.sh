# The beginning of every script. It runs in a subshell, so that neither its settings nor its credentials outlive it.
# Assignments from $(…) that matter end in || fail: bash drops -e inside of them.
set -eu
export STORESHIP="$HOME/.storeship"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# A digest is sha256: and 64 hexadecimal digits.
is_digest() {
  case $1 in
    sha256:*[!0-9a-f]*) return 1 ;;
    sha256:*) [ ${#1} -eq 71 ] ;;
    *) return 1 ;;
  esac
}
