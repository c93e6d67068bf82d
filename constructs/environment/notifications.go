package environment

import (
	"slices"

	"github.com/storeship/storeship/internal/text"
)

// Notifications are who hears by e-mail what happens to releases. Each address must confirm its subscription once.
type Notifications struct {
	// Notify lists the addresses that hear of everything: what fails, is rolled back, waits for an approval or is stopped, and what
	// changes a stop switch or breaks the glass. Default: nobody.
	Notify []string
	// OnCall lists the addresses that hear only of what may wake a person: that something fails, is rolled back or stopped in an environment
	// of kind production, that its stop switch changes, and that somebody breaks the glass. Default: nobody.
	OnCall []string
}

// ApprovalsOf lists the environments whose approvals an address hears of as one of those who are asked, in the order of release.
func (s *Store) ApprovalsOf(address string) []string {
	var names []string
	for _, e := range s.Environments {
		if e.Approval != nil && slices.Contains(e.Approval.Notify, address) {
			names = append(names, e.Name)
		}
	}
	return names
}

func (c *checker) notifications() {
	n := c.plan.Store.Notifications
	for _, list := range []struct {
		path      string
		addresses []string
	}{{"notifications.notify", n.Notify}, {"notifications.onCall", n.OnCall}} {
		if list.addresses != nil && len(list.addresses) == 0 {
			c.add(list.path, "must have at least one address; leave it out if nobody is to hear of it")
		}
		c.addresses(list.path, list.addresses)
	}
	for i, to := range n.OnCall {
		if emailPattern.MatchString(to) && slices.Contains(n.Notify, to) {
			c.related([]string{"notifications.notify"}, text.Item("notifications.onCall", i), "%s stands in notify, and hears of everything; remove it here or there", to)
		}
	}
}
