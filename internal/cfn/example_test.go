package cfn_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/cfn"
)

func ExampleOf() {
	fmt.Println(cfn.Of("AWS::RDS::DBInstance", "StorageEncrypted"))
	fmt.Println(cfn.Of("AWS::RDS::DBInstance", "MultiAZ"))
	fmt.Println(cfn.Of("AWS::RDS::DBInstance", "DeletionProtection"))
	// Output:
	// replacement
	// some interruption or replacement
	// no replacement
}
