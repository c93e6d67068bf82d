# Installs exactly what the lock file of a Node package says, and tells which manager it is of.
# shellcheck disable=SC2034
if [ -f yarn.lock ]; then
  manager=yarn
  corepack enable
  version=$(yarn --version) || fail "yarn does not start"
  case $version in
    1.*) yarn install --frozen-lockfile ;;
    *) yarn install --immutable ;;
  esac
elif [ -f pnpm-lock.yaml ]; then
  manager=pnpm
  corepack enable
  pnpm install --frozen-lockfile
elif [ -f package-lock.json ]; then
  manager=npm
  npm ci --no-audit --no-fund
else
  fail "there is no package-lock.json, yarn.lock or pnpm-lock.yaml in $PWD: commit one, for a build without it installs" \
    "other versions every day"
fi
