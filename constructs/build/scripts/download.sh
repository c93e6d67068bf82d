# Downloads a file of one exact content: address, SHA-256, and where it goes. What has another content is nowhere left.
download() {
  say "downloading $1"
  mkdir -p "$(dirname "$3")"
  curl --fail --silent --show-error --location --retry 3 --proto '=https' --output "$3" "$1" || fail "cannot download $1"
  printf '%s  %s\n' "$2" "$3" | sha256sum --check --status || {
    rm -f "$3"
    fail "$1 is not what it was: its SHA-256 is another one than $2"
  }
}
