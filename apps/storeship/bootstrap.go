package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/storeship/storeship/internal/bootstrap"
	"github.com/storeship/storeship/internal/config"
)

var bootstrapVerb = verb{
	name:    "bootstrap",
	summary: "print how to prepare every account: bootstrap, service-linked roles, regions, quotas",
	run:     runBootstrap,
}

// policyPattern is the ARN of a managed policy, or the name of one.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
var policyPattern = regexp.MustCompile(`^(arn:aws:iam::(aws|[0-9]{12}):policy/[\w+=,.@/-]+|[\w+=,.@-]{1,128})$`)

func runBootstrap(args []string, out, errOut io.Writer) int {
	fs := newFlags("bootstrap", errOut)
	file := configFlag(fs)
	format := fs.String("format", "text", "`text` to read, or sh to run")
	var policies []string
	fs.Func("execution-policy", "what CloudFormation may do in the environments' accounts: a managed `policy` by its ARN, or by the name that it has in each account; can be repeated (default AdministratorAccess)", func(p string) error {
		if !policyPattern.MatchString(p) {
			return errors.New("must be the ARN or the name of a managed policy")
		}
		policies = append(policies, p)
		return nil
	})
	if _, code, ok := parse(fs, args, 0); !ok {
		return code
	}
	if !slices.Contains([]string{"text", "sh"}, *format) {
		fmt.Fprintf(errOut, "storeship bootstrap: -format must be text or sh, got %q\n", *format)
		return 1
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	b := bootstrap.New(c.Plan(), bootstrap.Options{Policies: policies})
	write := b.WriteText
	if *format == "sh" {
		write = b.WriteScript
	}
	if err := write(out); err != nil {
		fmt.Fprintf(errOut, "storeship bootstrap: %v\n", err)
		return 1
	}
	return 0
}
