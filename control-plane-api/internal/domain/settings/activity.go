package settings

import "time"

// Activity says what counts as somebody's activity on a worker and what follows when there is none.
type Activity struct {
	// AutoPause lets idle workers be paused; SnoozeMinutes is how long a resumed one is left alone.
	AutoPause     bool
	SnoozeMinutes int
	// CheckSeconds is the time between two checks where the settings give none.
	CheckSeconds int
	// ExcludedUsers is a pattern of users whose activity does not count, such as the account that LCM itself uses.
	ExcludedUsers string
	// Categories are the telemetry that counts.
	Categories []string
	// RefreshSeconds is the least time between two requests for fresh data of a worker.
	RefreshSeconds int
	// EventsKept is how many of a worker's last activities are kept.
	EventsKept int
}

func defaultActivity() Activity {
	return Activity{
		AutoPause: true, SnoozeMinutes: 60, CheckSeconds: 1800, ExcludedUsers: "^00000000-0000-.*", RefreshSeconds: 10, EventsKept: 10,
		Categories: []string{
			"start_lab", "stop_lab", "wipe_lab", "import_lab", "export_lab", "start_node", "stop_node", "queue_node", "boot_node", "user_activity",
		},
	}
}

// CheckSeconds is the time between two checks of a worker's activity.
func (e Effective) CheckSeconds() int {
	if e.Idle.CheckIntervalSeconds > 0 {
		return e.Idle.CheckIntervalSeconds
	}
	return e.Activity.CheckSeconds
}

// CheckEvery is CheckSeconds as a duration.
func (e Effective) CheckEvery() time.Duration { return time.Duration(e.CheckSeconds()) * time.Second }
