# The package's own script lint, or eslint where the package has a configuration of it. What is a fault is for the package to say.
has() { node -e 'const [a, b] = process.argv[1].split("."), p = require("./package.json")[a]; process.exit(p && (!b || p[b]) ? 0 : 1)' "$1"; }
if has scripts.lint; then
  case $manager in
    npm) npm run lint ;;
    yarn) yarn run lint ;;
    pnpm) pnpm run lint ;;
  esac
elif has eslintConfig || [ -n "$(find . -maxdepth 1 \( -name 'eslint.config.*' -o -name '.eslintrc*' \) -print)" ]; then
  case $manager in
    npm) npx --no-install eslint . ;;
    yarn) yarn run eslint . ;;
    pnpm) pnpm exec eslint . ;;
  esac
else
  fail "nothing says what good code is in $PWD: add a script 'lint' to package.json, or a configuration of eslint, or give commands of your own"
fi
