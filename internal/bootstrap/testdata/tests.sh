#!/bin/sh
# Prepares the accounts of store retail-store for the first deployment; made by: storeship bootstrap -format sh
# It can be run again at any time: what is there stays as it is, and a new region or service is added.
#
#   sh bootstrap.sh                 all accounts
#   sh bootstrap.sh prod            only this one, by what it holds or by its id
#
# Run it in the folder of package.json, after npm ci. It needs the AWS CLI, npx and an administrator's credentials for
# each account, from a profile of the AWS CLI. These are the profiles' names; set the variable for another, or set it
# empty to take the credentials that the shell has:
#
#   PROFILE_111111111111=retail-store-tools
#   PROFILE_222222222222=retail-store-beta
#   PROFILE_333333333333=retail-store-gamma
#   PROFILE_444444444444=retail-store-prod
set -eu
known='111111111111 tools 222222222222 beta 333333333333 gamma 444444444444 prod'

only=$*
ambient=${AWS_PROFILE-}
waiting=
AWS_PAGER=
export AWS_PAGER

say() { printf '%s\n' "$*"; }

die() {
  printf 'bootstrap.sh: %s\n' "$*" >&2
  exit 1
}

# contains LIST WORD
contains() {
  for item in $1; do
    if [ "$item" = "$2" ]; then return 0; fi
  done
  return 1
}

for word in $only; do
  contains "$known" "$word" || die "unknown account $word; known: $known"
done
[ -x node_modules/.bin/cdk ] || die "no node_modules/.bin/cdk here: run npm ci --ignore-scripts first, in the folder of package.json"

# wanted ID NAME... is true for what the arguments of the script name, and for all when there are none.
wanted() {
  if [ -z "$only" ]; then return 0; fi
  for name in "$@"; do
    if contains "$only" "$name"; then return 0; fi
  done
  return 1
}

# account ID PROFILE takes the credentials, and makes sure that they are the account's.
account() {
  say "== account $1"
  AWS_PROFILE=${2:-$ambient}
  if [ -n "$AWS_PROFILE" ]; then export AWS_PROFILE; else unset AWS_PROFILE; fi
  have=$(aws sts get-caller-identity --query Account --output text) ||
    die "no credentials for account $1: add profile '$2' to the AWS CLI, or set PROFILE_$1"
  [ "$have" = "$1" ] || die "these are credentials of account $have, not of $1: set PROFILE_$1"
}

# open_region REGION, which an account does not have from the first day on. Waits at most two hours.
open_region() {
  tries=240
  while :; do
    status=$(aws account get-region-opt-status --region-name "$1" --query RegionOptStatus --output text)
    case $status in
      ENABLED | ENABLED_BY_DEFAULT)
        say "region $1 is enabled"
        return 0
        ;;
      DISABLED)
        say "region $1 is being enabled"
        aws account enable-region --region-name "$1"
        ;;
      ENABLING) ;;
      *) die "region $1 is $status" ;;
    esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || die "region $1 is still not enabled: run this script again later"
    sleep 30
  done
}

# role SERVICE NAME creates a service-linked role, unless it is there.
role() {
  if aws iam get-role --role-name "$2" >/dev/null 2>&1; then
    say "role $2 exists"
  elif error=$(aws iam create-service-linked-role --aws-service-name "$1" 2>&1 >/dev/null); then
    say "role $2 is created"
  else
    case $error in
      *'has been taken in this account'*) say "role $2 exists" ;;
      *) die "role $2: $error" ;;
    esac
  fi
}

# quota REGION SERVICE CODE NEED NAME asks AWS for more where the account has less than the plan needs. What goes wrong
# here keeps nothing from being bootstrapped.
quota() {
  have=$(aws service-quotas get-service-quota --region "$1" --service-code "$2" --quota-code "$3" \
    --query Quota.Value --output text 2>/dev/null) ||
    have=$(aws service-quotas get-aws-default-service-quota --region "$1" --service-code "$2" --quota-code "$3" \
      --query Quota.Value --output text) || {
    byhand "$1" "$5, need $4" "cannot be read"
    return 0
  }
  if awk -v have="$have" -v need="$4" 'BEGIN { exit !(have + 0 >= need + 0) }'; then
    say "quota in $1: $5 is $have, need $4"
    return 0
  fi
  waiting=yes
  open=$(aws service-quotas list-requested-service-quota-change-history-by-quota --region "$1" --service-code "$2" \
    --quota-code "$3" --query "length(RequestedQuotas[?Status=='PENDING' || Status=='CASE_OPENED'])" --output json) ||
    open=unknown
  if [ "$open" != 0 ] && [ "$open" != unknown ]; then
    say "quota in $1: $5 is $have, need $4: asked AWS before"
  elif aws service-quotas request-service-quota-increase --region "$1" --service-code "$2" --quota-code "$3" \
    --desired-value "$4" >/dev/null; then
    say "quota in $1: $5 is $have, need $4: asked AWS for it"
  else
    byhand "$1" "$5 is $have, need $4" "AWS does not take the request"
  fi
}

# byhand REGION QUOTA REASON names a quota that a person must look at.
byhand() {
  waiting=yes
  say "quota in $1: $2: $3; look at it in the Service Quotas console"
}

finish() {
  say "== done"
  if [ -n "$waiting" ]; then
    say "Some quotas are too small still. AWS decides in hours or days; run this script again to see. It asks only once."
  fi
}

# Account 111111111111: tools
if wanted 111111111111 tools; then
  account 111111111111 "${PROFILE_111111111111-retail-store-tools}"
  quota us-west-2 codebuild L-2DC20C30 9 'Concurrently running builds for Linux/Medium environment'
  quota us-west-2 codebuild L-9D07B6EF 3 'Concurrently running builds for Linux/Small environment'
  npx cdk bootstrap aws://111111111111/us-west-2 --app '' --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection
fi

# Account 222222222222: beta
if wanted 222222222222 beta; then
  account 222222222222 "${PROFILE_222222222222-retail-store-beta}"
  role ecs.amazonaws.com AWSServiceRoleForECS
  role elasticloadbalancing.amazonaws.com AWSServiceRoleForElasticLoadBalancing
  role ecs.application-autoscaling.amazonaws.com AWSServiceRoleForApplicationAutoScaling_ECSService
  quota us-west-2 fargate L-3032A538 4 'Fargate On-Demand vCPU resource count'
  quota us-west-2 codebuild L-2DC20C30 1 'Concurrently running builds for Linux/Medium environment'
  npx cdk bootstrap aws://222222222222/us-west-2 --app '' --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection
fi

# Account 333333333333: gamma
if wanted 333333333333 gamma; then
  account 333333333333 "${PROFILE_333333333333-retail-store-gamma}"
  role ecs.amazonaws.com AWSServiceRoleForECS
  role elasticloadbalancing.amazonaws.com AWSServiceRoleForElasticLoadBalancing
  role ecs.application-autoscaling.amazonaws.com AWSServiceRoleForApplicationAutoScaling_ECSService
  quota us-west-2 fargate L-3032A538 8 'Fargate On-Demand vCPU resource count'
  quota us-west-2 codebuild L-2DC20C30 2 'Concurrently running builds for Linux/Medium environment'
  npx cdk bootstrap aws://333333333333/us-west-2 --app '' --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection
fi

# Account 444444444444: prod
if wanted 444444444444 prod; then
  account 444444444444 "${PROFILE_444444444444-retail-store-prod}"
  role ecs.amazonaws.com AWSServiceRoleForECS
  role elasticloadbalancing.amazonaws.com AWSServiceRoleForElasticLoadBalancing
  role ecs.application-autoscaling.amazonaws.com AWSServiceRoleForApplicationAutoScaling_ECSService
  quota us-west-2 fargate L-3032A538 12 'Fargate On-Demand vCPU resource count'
  npx cdk bootstrap aws://444444444444/us-west-2 --app '' --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection
fi

finish
