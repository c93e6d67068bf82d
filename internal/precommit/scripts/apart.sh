# What git tells its hooks is about this repository, and not about others that a tool or a test uses.
# shellcheck disable=SC2046 # one word a variable
unset $(git rev-parse --local-env-vars)
