// Package overview tells operators what waits, what is placed, and how the next hours are booked. It only computes.
package overview

import (
	"cmp"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

const (
	// hours is how far the landscape looks ahead, behind how far it looks back.
	hours  = 24
	behind = time.Hour
	// approaching is how soon a slot begins that counts as approaching.
	approaching = time.Hour
	// most bounds a list of slots.
	most = 200
)

// Summary counts what the scheduler has to do with.
type Summary struct {
	Pending   int `json:"pending"`
	Scheduled int `json:"scheduled"`
	// Requeued are those of them that have lost a place before.
	Requeued int `json:"requeued"`
	// Reasons counts the pending by the reason that they were told.
	Reasons map[string]int `json:"reasons"`
	// Workers counts all by status, Placeable those that take instances now.
	Workers   map[lifecycle.WorkerStatus]int `json:"workers"`
	Placeable int                            `json:"placeable"`
}

// Summarize counts.
func Summarize(instances []readmodel.Instance, workers []readmodel.Worker) Summary {
	s := Summary{Reasons: map[string]int{}, Workers: map[lifecycle.WorkerStatus]int{}}
	for _, i := range instances {
		switch i.Status {
		case lifecycle.InstancePending:
			s.Pending++
			if c, told := readmodel.FindCondition(i.Conditions, "Placed"); told {
				s.Reasons[c.Reason]++
			}
		case lifecycle.InstanceScheduled:
			s.Scheduled++
		default:
			continue
		}
		if i.Requeues > 0 {
			s.Requeued++
		}
	}
	for _, w := range workers {
		s.Workers[w.Status]++
		if w.Placeable {
			s.Placeable++
		}
	}
	return s
}

// Landscape counts the slots that begin in each of the next 24 hours, UTC.
type Landscape struct {
	Buckets []Bucket `json:"buckets"`
	// NoTimeslot wait for any place, OutsideWindow begin later, or should have begun over an hour ago.
	NoTimeslot    int `json:"no_timeslot"`
	OutsideWindow int `json:"outside_window"`
}

// Bucket is one hour.
type Bucket struct {
	Hour      time.Time `json:"hour"`
	Pending   int       `json:"pending"`
	Scheduled int       `json:"scheduled"`
}

// Landscapes counts the pending and scheduled instances by the hour in which they begin. What began less than an hour ago
// counts in the first.
func Landscapes(instances []readmodel.Instance, now time.Time) Landscape {
	first := now.UTC().Truncate(time.Hour)
	l := Landscape{Buckets: make([]Bucket, hours)}
	for i := range l.Buckets {
		l.Buckets[i].Hour = first.Add(time.Duration(i) * time.Hour)
	}
	for _, i := range instances {
		if !waits(i) {
			continue
		}
		if i.TimeslotStart == nil {
			l.NoTimeslot++
			continue
		}
		if now.Sub(*i.TimeslotStart) > behind || !i.TimeslotStart.Before(first.Add(hours*time.Hour)) {
			l.OutsideWindow++
			continue
		}
		b := &l.Buckets[max(0, int(i.TimeslotStart.Sub(first)/time.Hour))]
		if i.Status == lifecycle.InstancePending {
			b.Pending++
		} else {
			b.Scheduled++
		}
	}
	return l
}

// Slot is one instance that waits for its slot.
type Slot struct {
	InstanceID string                   `json:"instance_id"`
	Status     lifecycle.InstanceStatus `json:"status"`
	WorkerID   string                   `json:"worker_id,omitempty"`
	Start      time.Time                `json:"timeslot_start"`
	// Seconds is how long until the start; negative when it has passed.
	Seconds float64 `json:"seconds_until_start"`
}

// Approaching lists the slots that begin within the hour, Expired those that have begun and still wait, the earliest first and
// at most 200.
func Approaching(instances []readmodel.Instance, now time.Time) []Slot {
	return slots(instances, now, func(until time.Duration) bool { return until >= 0 && until <= approaching })
}

// Expired is told with Approaching.
func Expired(instances []readmodel.Instance, now time.Time) []Slot {
	return slots(instances, now, func(until time.Duration) bool { return until < 0 })
}

func slots(instances []readmodel.Instance, now time.Time, pick func(until time.Duration) bool) []Slot {
	found := []Slot{}
	for _, i := range instances {
		if !waits(i) || i.TimeslotStart == nil {
			continue
		}
		if until := i.TimeslotStart.Sub(now); pick(until) {
			found = append(found, Slot{InstanceID: i.ID, Status: i.Status, WorkerID: i.WorkerID, Start: i.TimeslotStart.UTC(), Seconds: until.Seconds()})
		}
	}
	slices.SortFunc(found, func(a, b Slot) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.InstanceID, b.InstanceID))
	})
	return found[:min(len(found), most)]
}

func waits(i readmodel.Instance) bool {
	return i.Status == lifecycle.InstancePending || i.Status == lifecycle.InstanceScheduled
}
