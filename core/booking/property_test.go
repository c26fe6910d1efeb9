package booking

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// machine runs random sequences of changes against one book while time goes on, and checks each answer against the
// oracle.
type machine struct {
	book   Book
	limits Limits
	now    time.Time
}

func (m *machine) schedule(t *rapid.T) {
	r := drawRequest(t, drawHolder(t))
	before, had := m.book.Find(r.Holder)
	rest := without(m.book, r.Holder)
	code := m.book.Check(m.limits, r, m.now, testMargin)
	entry, refusal := m.book.Book(m.limits, r, m.now, testMargin)
	if had && sameWindow(before.Window(), r.Window) {
		require.Nil(t, refusal)
		require.Equal(t, before, entry, "booking again must not change the entry")
		return
	}
	if had && before.State == Held {
		require.Equal(t, AlreadyHeld, refusal.Code)
		return
	}
	expected := naive(rest, m.limits, r.Window, m.now, r.load())
	if refusal != nil {
		after, has := m.book.Find(r.Holder)
		require.Equal(t, had, has)
		require.Equal(t, before, after, "a refused booking must leave the old one")
		require.Equal(t, code, refusal.Code)
		if refusal.Code != InsufficientPorts {
			require.Equal(t, expected, refusal.Code)
		}
		m.checkFreeAt(t, rest, r, refusal)
		return
	}
	require.Empty(t, code)
	require.Empty(t, expected, "an accepted booking exceeds the worker")
	require.Len(t, entry.Ports, len(r.PortNames))
	m.checkPorts(t, entry)
	require.Empty(t, portClash(m.book, r.Holder, m.now))
}

// checkFreeAt books at the time promised, and finds no earlier minute at which the request would fit.
func (m *machine) checkFreeAt(t *rapid.T, rest Book, r Request, refusal *Refusal) {
	length := r.Window.Until.Sub(r.Window.From)
	at := func(from time.Time) Request {
		moved := r
		moved.Window = resource.Window{From: from}
		if !r.Window.Open() {
			moved.Window.Until = from.Add(length)
		}
		return moved
	}
	begin, end := r.Window.From, minute(400)
	if m.now.After(begin) {
		begin = m.now
	}
	if refusal.FreeAt != nil {
		end = *refusal.FreeAt
		require.False(t, end.Before(m.now), "nobody can book the past")
		require.Empty(t, rest.Check(m.limits, at(end), m.now, testMargin), "it does not fit when it was said to")
	}
	for from := begin; from.Before(end); from = from.Add(time.Minute) {
		require.NotEmpty(t, rest.Check(m.limits, at(from), m.now, testMargin), "it fits before the time that was said")
	}
}

func (m *machine) checkPorts(t *rapid.T, entry Entry) {
	seen := map[int]bool{}
	for _, port := range entry.Ports {
		require.False(t, seen[port.Number], "one entry has a port twice")
		require.NotEqual(t, 2001, port.Number, "a quarantined port was given out")
		require.True(t, port.Number >= 2000 && port.Number <= 2011)
		seen[port.Number] = true
	}
}

func (m *machine) hold(t *rapid.T) {
	holder := drawHolder(t)
	before, had := m.book.Find(holder)
	entry, refusal := m.book.Hold(m.limits, holder, m.now, testMargin)
	switch {
	case !had:
		require.Equal(t, NotBooked, refusal.Code)
	case before.State == Held:
		require.Nil(t, refusal)
		require.Equal(t, before, entry)
	case refusal != nil:
		after, _ := m.book.Find(holder)
		require.Equal(t, before, after)
		require.True(t, refusal.Code == InsufficientPorts || m.heldExcess(before) == refusal.Code)
	default:
		require.Empty(t, m.heldExcess(Entry{}), "what is held exceeds the worker")
		require.Len(t, entry.Ports, len(before.Ports))
		m.checkPorts(t, entry)
		require.Empty(t, portClash(m.book, holder, m.now))
	}
}

// heldExcess says whether all held entries plus one more exceed the limits.
func (m *machine) heldExcess(plus Entry) Code {
	var held Book
	for _, e := range append([]Entry{plus}, m.book.Entries...) {
		if e.State == Held || e.Holder == plus.Holder && plus.Holder != (Holder{}) {
			e.State, e.From, e.Until = Booked, m.now, m.now.Add(time.Minute)
			if _, twice := held.Find(e.Holder); !twice {
				held.Entries = append(held.Entries, e)
			}
		}
	}
	return naive(held, m.limits, resource.Window{From: m.now, Until: m.now.Add(time.Minute)}, m.now, load{})
}

func (m *machine) extend(t *rapid.T) {
	holder := drawHolder(t)
	before, had := m.book.Find(holder)
	until := before.Until.Add(time.Duration(rapid.IntRange(-10, 60).Draw(t, "by")) * time.Minute)
	if !had || before.Until.IsZero() || !until.After(before.From) {
		return
	}
	added := resource.Window{From: before.Until, Until: until}
	rest := without(m.book, holder)
	refusal := m.book.Extend(m.limits, holder, until, m.now, testMargin)
	after, _ := m.book.Find(holder)
	if refusal != nil {
		require.Equal(t, before, after)
		require.True(t, until.After(before.Until), "giving time back is never refused")
		return
	}
	require.Equal(t, until, after.Until)
	if until.After(before.Until) {
		require.Empty(t, naive(rest, m.limits, added, m.now, after.load()), "an extension exceeds the worker")
	}
	if before.State == Held {
		require.Equal(t, before.Ports, after.Ports, "a lab that exists keeps its ports")
	}
}

func (m *machine) release(t *rapid.T) {
	holder := drawHolder(t)
	_, had := m.book.Find(holder)
	require.Equal(t, had, m.book.Release(holder))
	_, has := m.book.Find(holder)
	require.False(t, has)
}

func (m *machine) timePasses(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "minutes")) * time.Minute)
}

// invariant holds whatever happens: no two labs that exist have a port in common, and what is held fits.
func (m *machine) invariant(t *rapid.T) {
	ports := map[int]Holder{}
	for _, e := range m.book.HeldByInstances() {
		for _, port := range e.Ports {
			other, taken := ports[port.Number]
			require.False(t, taken, "%d is held by %v and %v", port.Number, other, e.Holder)
			ports[port.Number] = e.Holder
		}
	}
	require.Empty(t, m.heldExcess(Entry{}))
}

func TestRandomSequencesNeverExceedTheWorker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{limits: testLimits(), now: minute(0)}
		t.Repeat(map[string]func(*rapid.T){
			"schedule": m.schedule, "schedule again": m.schedule, "hold": m.hold, "extend": m.extend,
			"release": m.release, "time passes": m.timePasses, "": m.invariant,
		})
	})
}
