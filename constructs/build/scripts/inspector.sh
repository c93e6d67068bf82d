# Takes the role that may look into the target's account, and nothing else. It ends with the subshell.
as_inspector() {
  credentials=$(aws sts assume-role --role-arn "$INSPECTOR_ROLE_ARN" --role-session-name storeship-check \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text) ||
    fail "cannot assume $INSPECTOR_ROLE_ARN: deploy the access stack of the environment first; its trust policy must" \
      "match the role of this build"
  set -f
  # shellcheck disable=SC2086
  set -- $credentials
  set +f
  [ $# -eq 3 ] || fail "sts assume-role gave no credentials"
  AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
}

# Takes the role anew, as the build's own role: a session lasts an hour.
renew_inspector() {
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  as_inspector
}
