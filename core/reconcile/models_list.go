package reconcile

import (
	"maps"
	"slices"
)

// IDs lists the ids of all models in order.
func (m *Models[M]) IDs() []string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Sorted(maps.Keys(m.models))
}

// List gives all models in the order of their ids.
func (m *Models[M]) List() []M {
	m.mu.RLock()
	defer m.mu.RUnlock()
	models := make([]M, 0, len(m.models))
	for _, id := range slices.Sorted(maps.Keys(m.models)) {
		models = append(models, m.models[id].model)
	}
	return models
}

// ShouldEnqueue is the rule for watch events: a key calls for a reconcile when it is new or gone, when its generation
// rose, or when its store's data was restored. A version alone is no news: so a key whose failure is recorded on the
// aggregate keeps its back-off.
func ShouldEnqueue(old, new Meta, gone bool) bool {
	return gone || old.Version == 0 || old.Epoch != new.Epoch || new.Generation > old.Generation
}

// EnqueueChanges is a Listener that gives enqueue the id of what ShouldEnqueue picks.
func EnqueueChanges(enqueue func(id string)) Listener {
	return func(id string, old, new Meta, gone bool) {
		if ShouldEnqueue(old, new, gone) {
			enqueue(id)
		}
	}
}
