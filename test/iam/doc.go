// Package iam evaluates IAM policies as AWS documents it: identity policies and the resource's own, explicit denies,
// conditions, and the account boundary, across which both sides must allow. It knows what the policies of this repository
// use, and refuses what it does not know, so that no test passes on a misreading.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package iam
