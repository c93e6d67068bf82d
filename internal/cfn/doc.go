// Package cfn knows what CloudFormation does to a resource when one of its properties changes: a replacement for certain, an
// interruption or a replacement that depends on the values, or neither.
//
//	cfn.Of("AWS::RDS::DBInstance", "StorageEncrypted")      // cfn.Replacement
//	cfn.Of("AWS::RDS::DBInstance", "MultiAZ")               // cfn.Conditional
//	cfn.Of("AWS::RDS::DBInstance", "BackupRetentionPeriod") // cfn.InPlace
//
// What it knows is AWS's word, not ours: the folder data holds an extract of the specification of CloudFormation's resources
// that the CDK's command line carries, with its version and licence. `go run ./internal/cfn/renew` renews it from the package
// that package-lock.json pins, and a test of the module test holds that it is current.
package cfn
