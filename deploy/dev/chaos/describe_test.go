package chaos

import (
	"fmt"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func describe(i api.Instance) string {
	var path []string
	for _, step := range i.StateHistory {
		path = append(path, strings.TrimSuffix(step.ToState+":"+step.Reason, ":"))
	}
	return fmt.Sprintf("instance %s attempt %d %s (wanted %s) finalizers %v conditions %v", i.ID, i.Attempt, strings.Join(path, " > "), i.DesiredStatus, i.Finalizers, i.Conditions)
}

func describeWorker(w api.Worker, refused error) string {
	return fmt.Sprintf("worker %s is %s (wanted %s), licence %s, finalizers %v, bookings %d, conditions %v: %v",
		w.ID, w.Status, w.DesiredStatus, w.LicenseStatus, w.Finalizers, w.Bookings, w.Conditions, refused)
}
