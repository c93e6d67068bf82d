# Downloads a file: address, and where it goes.
fetch() {
  say "downloading $1"
  mkdir -p "$(dirname "$2")"
  curl --fail --silent --show-error --location --retry 3 --proto '=https' --output "$2" "$1" || fail "cannot download $1"
}

# Says whether a file has a SHA-256.
is_content() { printf '%s  %s\n' "$1" "$2" | sha256sum --check --status; }

# Downloads a file of one exact content: address, SHA-256, and where it goes. What has another content is nowhere left.
download() {
  fetch "$1" "$3"
  is_content "$2" "$3" || {
    rm -f "$3"
    fail "$1 is not what it was: its SHA-256 is another one than $2"
  }
}
