# A developer's node_modules stay; which manager they are of is said by the lock file, as in the pipeline.
# shellcheck disable=SC2034
if [ -f yarn.lock ]; then
  manager=yarn
elif [ -f pnpm-lock.yaml ]; then
  manager=pnpm
elif [ -f package-lock.json ]; then
  manager=npm
else
  fail "there is no package-lock.json, yarn.lock or pnpm-lock.yaml in $PWD"
fi
[ -d node_modules ] || [ -f .pnp.cjs ] || fail "there are no node_modules in $PWD: run $manager install"
