package value_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/value"
)

func ExampleShow() {
	fmt.Println(value.Show(map[string]any{"Fn::Join": []any{"", []any{"arn:aws:s3:::", map[string]any{"Ref": "Bucket"}, "/*"}}}, nil))
	// Output: arn:aws:s3:::${Bucket}/*
}

func ExampleDiff() {
	old := map[string]any{"Environment": []any{map[string]any{"Name": "A", "Value": "1"}, map[string]any{"Name": "B", "Value": "2"}}}
	renewed := map[string]any{"Environment": []any{map[string]any{"Name": "B", "Value": "3"}, map[string]any{"Name": "A", "Value": "1"}}}
	for _, c := range value.Diff(old, renewed) {
		fmt.Println(c.Text(), c.Old, c.New)
	}
	// Output: Environment[B].Value 2 3
}
