# gitleaks as its maintainers release it.
download "https://github.com/gitleaks/gitleaks/releases/download/v$GITLEAKS_VERSION/gitleaks_${GITLEAKS_VERSION}_linux_x64.tar.gz" \
  "$GITLEAKS_SHA256" "$STORESHIP/gitleaks.tar.gz"
mkdir -p "$STORESHIP/bin"
tar -xzf "$STORESHIP/gitleaks.tar.gz" -C "$STORESHIP/bin" gitleaks
