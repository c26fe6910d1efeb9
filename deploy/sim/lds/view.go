package lds

import (
	"maps"
	"time"
)

// sessionView is the LDSSession that clients read.
func (r *record) sessionView() map[string]any {
	v := maps.Clone(r.Booking)
	parts := make([]map[string]any, 0, len(r.Parts))
	for _, p := range r.Parts {
		parts = append(parts, r.partView(p))
	}
	verb := r.last(0)
	maps.Copy(v, map[string]any{
		"id":                   r.ID,
		"state":                r.state(),
		"is_finalized":         verb == finalized,
		"active_reservation":   verb != finalized,
		"timer_paused":         verb == paused,
		"log_id":               "SID=" + r.ID,
		"created":              stamp(r.Created),
		"current_session_part": r.currentPart(),
		"session_parts":        parts,
	})
	if r.MaxMinutes != nil || r.SlotEnd != nil {
		v["practice_lab"] = r.practiceView()
	}
	return v
}

func (r *record) practiceView() map[string]any {
	v := map[string]any{
		"max_length_minutes":  r.MaxMinutes,
		"grace_period":        0,
		"user_timeslot_start": stamp(r.Scheduled),
		"earliest_login":      stamp(r.Scheduled),
	}
	end := r.SlotEnd
	if r.MaxMinutes != nil {
		limit := r.Scheduled.Add(time.Duration(*r.MaxMinutes+r.extra()) * time.Minute)
		v["max_ends_at"] = stamp(limit)
		if end == nil {
			end = &limit
		}
	}
	v["user_timeslot_end"], v["latest_expiry"] = stamp(*end), stamp(*end)
	return v
}

// partView is the LDSSessionPart that clients read.
func (r *record) partView(p part) map[string]any {
	v := maps.Clone(p.Content)
	v["variables"] = p.Variables
	v["session_part_state"] = r.partState(p.Num)
	if started := r.partStarted(p.Num); started != nil {
		v["current_position"] = map[string]any{"module_id": "m1", "section_id": "m1.s1", "item_id": "m1.s1.i1"}
		timer := map[string]any{"min_ends_at": stamp(*started), "warning_message": ""}
		if r.MaxMinutes != nil {
			timer["max_ends_at"] = stamp(started.Add(time.Duration(*r.MaxMinutes+p.Extra) * time.Minute))
		}
		v["timer"] = timer
	}
	return v
}

func (r *record) partStarted(num int) *time.Time {
	for _, h := range r.History {
		if h.Part == num && h.Verb == running {
			return &h.At
		}
	}
	return nil
}

// statusesView is the state history with times in epoch seconds.
func (r *record) statusesView() map[string]any {
	sessions, parts := []map[string]any{}, []map[string]any{}
	current := 1
	for _, h := range r.History {
		status := h.status()
		if status == "" {
			continue
		}
		entry := map[string]any{"new_status": status, "timestamp": h.At.Unix(), "session_part": h.Part}
		if h.Part != 0 {
			current = h.Part
			parts = append(parts, entry)
			continue
		}
		entry["session_part"] = current
		sessions = append(sessions, entry)
	}
	return map[string]any{"id": r.ID, "session_statuses": sessions, "session_part_statuses": parts}
}

// logsView is the session as logs show it: own names and epoch seconds.
func (r *record) logsView() map[string]any {
	info := maps.Clone(r.Booking)
	maps.Copy(info, map[string]any{
		"id": r.ID, "session_state": r.state(), "session_finalized": r.last(0) == finalized,
		"origin_id": r.Booking["origin"], "practice_lab": r.MaxMinutes != nil || r.SlotEnd != nil,
		"notes": "", "SKU": "", "created": r.Created.Unix(), "scheduled_date": r.Scheduled.Unix(),
	})
	entries := []map[string]any{}
	for _, h := range r.History {
		if h.status() == "" || h.Part != 0 {
			continue
		}
		origin := "pylds.ldssession.change_state"
		if h.Verb == created {
			origin = "pylds.ldssession.create"
		}
		entries = append(entries, map[string]any{
			"author": "lds", "origin": origin, "target": r.ID,
			"body":    map[string]any{"ldssession_id": r.ID, "state": h.status(), "created": h.At.Unix()},
			"created": h.At.Unix(), "updated": h.At.Unix(),
		})
	}
	return map[string]any{"session_info": info, "session_logs": entries}
}

func (r *record) accessLogView() map[string]any {
	entries := []map[string]any{}
	for _, h := range r.History {
		if h.Part == 0 && h.Verb == running {
			entries = append(entries, map[string]any{
				"category": "SESSION_LOG_CAT_LOGIN", "created": stamp(h.At), "log_str": "login",
				"window_type": "main", "origin_identifier": r.Booking["origin"],
			})
		}
	}
	return map[string]any{"session_info": r.sessionView(), "session_logs": entries}
}

func stamp(at time.Time) string { return at.Format(time.RFC3339Nano) }
