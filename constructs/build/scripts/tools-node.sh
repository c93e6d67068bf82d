# What the Node preset needs beside Node. The date holds the dependencies of the pinned package still as well.
npm install --prefix "$STORESHIP" --ignore-scripts --no-audit --no-fund --no-package-lock --before "$NPM_BEFORE" \
  "jest-junit@$JEST_JUNIT_VERSION"
