# Waits until ECR has signed the image in every region, each with the profile of that region.
is_digest "$IMAGE_DIGEST" || fail "IMAGE_DIGEST is '$IMAGE_DIGEST'; the package step must export it"
left=$ATTEMPTS
for region in $REGIONS; do
  profile=arn:aws:signer:$region:$SIGNING_ACCOUNT:/signing-profiles/$SIGNING_PROFILE
  where="$REPOSITORY@$IMAGE_DIGEST in $region"
  while :; do
    signed=$(aws ecr describe-image-signing-status --region "$region" --registry-id "$REGISTRY_ACCOUNT" --repository-name "$REPOSITORY" \
      --image-id "imageDigest=$IMAGE_DIGEST" --output text \
      --query "signingStatuses[?signingProfileArn=='$profile'] | [0].[status, failureCode, failureReason]") ||
      fail "cannot read whether $where is signed"
    case $signed in
      COMPLETE*)
        say "$where is signed by $SIGNING_PROFILE"
        break
        ;;
      FAILED*)
        fail "ECR could not sign $where with $profile: $signed. It signs as the role that pushed, which needs signer:SignPayload on" \
          "the profile, and the profile must be active. Then push another commit: what is pushed is signed once, and not again"
        ;;
    esac
    left=$((left - 1))
    [ "$left" -gt 0 ] || case $signed in
      IN_PROGRESS*) fail "ECR is still signing $where: retry this stage" ;;
      *)
        fail "$where has no signature of $profile. If the image was pushed before the registry signed (has the pipeline" \
          "$PLATFORM_PIPELINE deployed its registries?), nothing signs it any more: push another commit"
        ;;
    esac
    sleep "$INTERVAL_SECONDS"
  done
done
