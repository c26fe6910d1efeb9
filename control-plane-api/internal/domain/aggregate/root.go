// Package aggregate holds what all aggregates share: their identity and the events of the change under way.
package aggregate

// Event is a domain event: its name without prefix, such as "lablet_instance.ready.v1", and its data, without secrets.
type Event struct {
	Type string
	Data any
}

// Root is embedded in every aggregate. The verbs of an aggregate change its state and say so here; whoever stores it
// takes the changes out.
type Root struct {
	ID string `json:"id"`

	events  []Event
	changed bool
	raises  bool
}

// Raise tells of a change that a reconciler must act on: it raises the generation.
func (r *Root) Raise(event string, data any) {
	r.Note(event, data)
	r.raises = true
}

// Note tells of a change that nobody has to act on: conditions, tries, step results, finalizers, activity, a booking made
// or held. The version rises, the generation does not.
func (r *Root) Note(event string, data any) {
	r.changed = true
	r.events = append(r.events, Event{Type: event, Data: data})
}

// Changes gives what has been told since the aggregate was loaded.
func (r *Root) Changes() (events []Event, changed, raises bool) { return r.events, r.changed, r.raises }
