// Package retention translates days, which CloudFormation and configuration files have, to the CDK's enumeration.
package retention
