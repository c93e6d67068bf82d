// Package extract takes out of the specification of CloudFormation's resources what internal/cfn keeps of it.
package extract
