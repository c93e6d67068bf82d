package service

import (
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
)

// validateExpose refuses what Runtime.Expose says and Route does not: only Route is followed, and who wrote the other believes
// that it was. What is left out of Expose is Route's.
func (p *FargateProps) validateExpose(l *problem.List) {
	x := p.Runtime.Expose
	if x == nil {
		return
	}
	if len(x.Block) > 0 {
		l.Addf("Runtime.Expose.Block", "blocks nothing here, the web ACL of the load balancer does: give it to ingress.PublicProps.Blocks, and leave it out")
	}
	switch r := p.Route.(type) {
	case nil:
		if p.Runtime.HTTP == nil {
			l.Addf("Runtime.Expose", "goes with Runtime.HTTP and Route only, without which the service is a worker; remove it")
		}
	case *InternalRoute:
		if r != nil {
			r.agree(l, x)
		}
	case *PublicRoute:
		if r != nil {
			r.agree(l, x)
		}
	}
}

const (
	sameOrNone   = "must be that of Route, %v, or left out, got %v"
	publicOnly   = "goes with a PublicRoute only; remove it"
	internalOnly = "goes with an InternalRoute only; remove it"
)

func (r *InternalRoute) agree(l *problem.List, x *environment.Expose) {
	if !x.Internal {
		l.Addf("Runtime.Expose.Internal", "must be true with an InternalRoute; or leave Expose out")
	}
	if x.Port != 0 && x.Port != r.Port {
		l.Addf("Runtime.Expose.Port", sameOrNone, r.Port, x.Port)
	}
	for _, f := range []struct {
		field string
		given bool
	}{{"Path", x.Path != ""}, {"Host", x.Host != ""}, {"Priority", x.Priority != 0}} {
		if f.given {
			l.Addf("Runtime.Expose."+f.field, publicOnly)
		}
	}
}

func (r *PublicRoute) agree(l *problem.List, x *environment.Expose) {
	if x.Internal {
		l.Addf("Runtime.Expose.Internal", internalOnly)
	}
	if x.Port != 0 {
		l.Addf("Runtime.Expose.Port", internalOnly)
	}
	if x.Path != "" && x.Path != r.Path && !token(r.Path) {
		l.Addf("Runtime.Expose.Path", sameOrNone, r.Path, x.Path)
	}
	if x.Priority != 0 && x.Priority != r.Priority {
		l.Addf("Runtime.Expose.Priority", sameOrNone, r.Priority, x.Priority)
	}
	switch {
	case x.Host == "" || token(r.Host):
	case r.Host == "":
		l.Addf("Runtime.Expose.Host", "must be left out where Route has no Host, got %s", x.Host)
	case !strings.HasPrefix(r.Host, x.Host+"."):
		l.Addf("Runtime.Expose.Host", "must be the first label of Route.Host, %s, or left out, got %s", r.Host, x.Host)
	}
}
