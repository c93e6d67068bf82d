package bootstrap

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// WriteText writes what to do, account by account, for a person to read and to run piece by piece.
func (b *Bootstrap) WriteText(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, `Store %s: %s to prepare before the first deployment.

Run the commands in the folder of package.json, after npm ci, each as an administrator of its account.
All of them can be run again. As a script: storeship bootstrap -format sh > bootstrap.sh
(in a delivery repository: go tool storeship bootstrap -format sh > bootstrap.sh)

`, b.Store, text.Count(len(b.Accounts), "account"))
	b.writePolicies(&s)
	for _, a := range b.Accounts {
		b.writeAccount(&s, a)
	}
	b.writePages(&s)
	_, err := io.WriteString(w, s.String())
	return err
}

func (b *Bootstrap) writePolicies(s *strings.Builder) {
	s.WriteString("What CloudFormation may do (--cloudformation-execution-policies)\n")
	own, shared := false, false
	for _, a := range b.Accounts {
		own = own || !slices.Equal(a.Policies, []string{AdministratorAccess})
		shared = shared || len(a.Holds) > 1
		fmt.Fprintf(s, "  %s  %s\n", a.ID, strings.Join(a.Policies, ", "))
	}
	switch {
	case own:
	case shared:
		s.WriteString(`  AdministratorAccess is the CDK's own default. In this sandbox environments share an account, and nothing keeps one
  from the other but names: do not let customers in.
`)
	default:
		s.WriteString(`  AdministratorAccess is the CDK's own default, and has to be said with --trust. A smaller policy must name all that
  any stack needs, now and later, and still protects little while it may create roles, as every stack here does.
  The limit is elsewhere: only CloudFormation has this role, only the tools account's pipelines can use it from
  outside (--trust), and an account holds one environment. Keep people of the tools account from sts:AssumeRole on
  cdk-hnb659fds-*, and bound every account with service control policies. A team with policies and a permissions
  boundary of its own says -execution-policy NAME, or an ARN, once or more.
`)
	}
	s.WriteString(`The staging bucket keeps the key that AWS manages: a customer key (--bootstrap-customer-key) costs every month in
each account and region, and the bucket holds templates and programs, no secrets. --app '' keeps the CDK from
synthesizing the store for each command.
`)
}

func (b *Bootstrap) writeAccount(s *strings.Builder, a Account) {
	fmt.Fprintf(s, "\nAccount %s: %s\n", a.ID, strings.Join(a.Holds, ", "))
	fmt.Fprintf(s, "  credentials, for instance in a profile of this name; the second command must print %s\n", a.ID)
	fmt.Fprintf(s, "    export AWS_PROFILE=%s\n    aws sts get-caller-identity --query Account --output text\n", a.Profile)
	for _, r := range a.Regions {
		if r.OptIn {
			fmt.Fprintf(s, "  enable %s, and wait until it is ENABLED; this can take hours\n", r.Name)
			fmt.Fprintf(s, "    aws account enable-region --region-name %[1]s\n    aws account get-region-opt-status --region-name %[1]s --query RegionOptStatus --output text\n", r.Name)
		}
	}
	if len(a.Roles) > 0 {
		s.WriteString("  service-linked roles; \"has been taken in this account\" means that the role exists, which is as good\n")
		for _, r := range a.Roles {
			fmt.Fprintf(s, "    aws iam create-service-linked-role --aws-service-name %s\n", r.Service)
		}
	}
	s.WriteString("  bootstrap\n")
	for _, r := range a.Regions {
		fmt.Fprintf(s, "    %s\n", r.Bootstrap)
	}
	for _, r := range a.Regions {
		if len(r.Quotas) > 0 {
			fmt.Fprintf(s, "  quotas in %s\n", r.Name)
			writeQuotas(s, r)
		}
	}
}

// writeQuotas writes a line for each quota, and the commands for those that must be raised.
func writeQuotas(s *strings.Builder, r Region) {
	name, need := 0, 0
	for _, q := range r.Quotas {
		name, need = max(name, len(q.Name)), max(need, len(q.needs()))
	}
	for _, q := range r.Quotas {
		mark := "ok   "
		switch {
		case q.Enough():
		case q.Fixed:
			mark = "OVER "
		default:
			mark = "RAISE"
		}
		fmt.Fprintf(s, "    %s  %-*s  %-*s  %s\n", mark, name, q.Name, need, q.needs(), q.Why)
		if !q.Enough() && !q.Fixed {
			fmt.Fprintf(s, "           %s\n           %s\n", q.get(r.Name), q.ask(r.Name))
		}
		if !q.Enough() && q.Fixed {
			s.WriteString("           AWS does not raise this one\n")
		}
	}
}

func (q Quota) needs() string {
	if q.Enough() {
		return fmt.Sprintf("%d, within AWS's default of %d", q.Need, q.Default)
	}
	return fmt.Sprintf("%d, AWS's default is %d", q.Need, q.Default)
}

// writePages lists the pages of AWS that the quotas are from.
func (b *Bootstrap) writePages(s *strings.Builder) {
	var pages []string
	services := map[string][]string{}
	for _, a := range b.Accounts {
		for _, r := range a.Regions {
			for _, q := range r.Quotas {
				if !slices.Contains(pages, q.Page) {
					pages = append(pages, q.Page)
				}
				if !slices.Contains(services[q.Page], q.Service) {
					services[q.Page] = append(services[q.Page], q.Service)
				}
			}
		}
	}
	s.WriteString(`
New accounts may get less than AWS's default, of Fargate and CodeBuild above all: compare with what is applied.
  aws service-quotas list-service-quotas --service-code fargate --region REGION --query 'Quotas[].[QuotaName,Value]' --output text
Pages of AWS
`)
	for _, p := range pages {
		fmt.Fprintf(s, "  %s: %s\n", strings.Join(services[p], ", "), p)
	}
}
