package iam_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/iam"
)

func ExampleWidened() {
	statement := func(action string) []iam.Statement {
		return iam.Parse(map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}}}, nil)
	}
	for _, g := range iam.Widened(statement("s3:GetObject"), statement("s3:*")) {
		fmt.Println(g)
	}
	fmt.Println(len(iam.Widened(statement("s3:*"), statement("s3:GetObject"))))
	// Output:
	// s3:* on everything
	// 0
}
