// Bootstrap is the program that Lambda starts.
package main

import (
	"fmt"
	"os"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
)

func main() {
	if err := function.Main(os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
