package bootstrap

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// functions are what the lines of the script call.
//
//go:embed functions.sh
var functions string

// WriteScript writes the same as a script for any POSIX shell: bash 3.2 of macOS, dash, busybox.
func (b *Bootstrap) WriteScript(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, `#!/bin/sh
# Prepares the accounts of store %[1]s for the first deployment; made by: storeship bootstrap -format sh
# It can be run again at any time: what is there stays as it is, and a new region or service is added.
#
#   sh bootstrap.sh                 all accounts
#   sh bootstrap.sh %-15[2]s only this one, by what it holds or by its id
#
# Run it in the folder of package.json, after npm ci. It needs the AWS CLI, npx and an administrator's credentials for
# each account, from a profile of the AWS CLI. These are the profiles' names; set the variable for another, or set it
# empty to take the credentials that the shell has:
#
`, b.Store, b.Accounts[len(b.Accounts)-1].Holds[0])
	for _, a := range b.Accounts {
		fmt.Fprintf(&s, "#   PROFILE_%s=%s\n", a.ID, a.Profile)
	}
	s.WriteString("set -eu\n")
	var words []string
	for _, a := range b.Accounts {
		words = append(append(words, a.ID), a.Holds...)
	}
	fmt.Fprintf(&s, "known='%s'\n\n", strings.Join(words, " "))
	s.WriteString(functions)
	for _, a := range b.Accounts {
		writeSection(&s, a)
	}
	s.WriteString("\nfinish\n")
	_, err := io.WriteString(w, s.String())
	return err
}

func writeSection(s *strings.Builder, a Account) {
	holds := strings.Join(a.Holds, " ")
	fmt.Fprintf(s, "\n# Account %s: %s\n", a.ID, strings.Join(a.Holds, ", "))
	fmt.Fprintf(s, "if wanted %s %s; then\n", a.ID, holds)
	fmt.Fprintf(s, "  account %[1]s \"${PROFILE_%[1]s-%[2]s}\"\n", a.ID, a.Profile)
	for _, r := range a.Regions {
		if r.OptIn {
			fmt.Fprintf(s, "  open_region %s\n", r.Name)
		}
	}
	for _, r := range a.Roles {
		fmt.Fprintf(s, "  role %s %s\n", r.Service, r.Name)
	}
	for _, r := range a.Regions {
		for _, q := range r.Quotas {
			switch {
			case q.Code == "" && !q.Enough():
				fmt.Fprintf(s, "  byhand %s '%s, need %d' 'its code is not known'\n", r.Name, q.Name, q.Need)
			case q.Code != "" && !q.Fixed && (q.Varies || !q.Enough()):
				fmt.Fprintf(s, "  quota %s %s %s %d '%s'\n", r.Name, q.Service, q.Code, q.Need, q.Name)
			}
		}
	}
	for _, r := range a.Regions {
		fmt.Fprintf(s, "  %s\n", r.Bootstrap)
	}
	s.WriteString("fi\n")
}
