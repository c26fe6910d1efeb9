// Package parts holds what the aggregates of machines and labs share: who acts, conditions, finalizers and history.
package parts

import "time"

// Act says who does something, why and when. At is UTC and never read from a clock inside the domain.
type Act struct {
	By     string
	Reason string
	At     time.Time
}

// Because gives the same act with a reason.
func (a Act) Because(reason string) Act {
	a.Reason = reason
	return a
}
