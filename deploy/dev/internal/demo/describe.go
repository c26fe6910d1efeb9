package demo

import (
	"fmt"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Describe tells an instance's life in one line, for the reader of a failure.
func Describe(i api.Instance) string {
	var path []string
	for _, step := range i.StateHistory {
		path = append(path, strings.TrimSuffix(step.ToState+":"+step.Reason, ":"))
	}
	return fmt.Sprintf("instance %s attempt %d %s (wanted %s) finalizers %v conditions %v",
		i.ID, i.Attempt, strings.Join(path, " > "), i.DesiredStatus, i.Finalizers, i.Conditions)
}

// DescribeWorker tells where a worker stands in one line. refused is what it answered when its end was asked for, if anything.
func DescribeWorker(w api.Worker, refused error) string {
	return fmt.Sprintf("worker %s is %s (wanted %s), licence %s, finalizers %v, bookings %d, conditions %v: %v",
		w.ID, w.Status, w.DesiredStatus, w.LicenseStatus, w.Finalizers, w.Bookings, w.Conditions, refused)
}
