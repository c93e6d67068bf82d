// Package notify tells people what happened to their releases: an action that failed, a release that was rolled back, an approval
// that waits, a stop switch that somebody set.
//
//	notify.NewNotifications(stack, "Notifications", &notify.NotificationsProps{
//		Name:      "shop",
//		Pipelines: []notify.Pipeline{{Name: "shop-catalog", Service: "catalog"}},
//		Addresses: []notify.Address{{Email: "team@example.com"}},
//		…
//	})
//
// EventBridge hands the events to a function, which writes the messages: plain text, with a subject, to an SNS topic. An input
// transformer of EventBridge needs no code, but its texts arrive in quotes, under one subject for all, and an event whose values
// hold a quote is lost; the decision record 37 has the reasons.
package notify
