package booking

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func instance(n int) Holder { return Holder{InstanceID: fmt.Sprintf("i%d", n), Attempt: 1} }

func ask(n, cpu, from, until int, ports ...string) Request {
	return Request{
		Holder: instance(n), Requirements: resource.Requirements{CPUCores: cpu, MemoryGB: 1, StorageGB: 1}, Nodes: 1,
		PortNames: ports, Window: resource.Window{From: minute(from), Until: minute(until)},
	}
}

func mustBook(t *testing.T, b *Book, r Request) Entry {
	t.Helper()
	entry, refusal := b.Book(testLimits(), r, minute(0), testMargin)
	require.Nil(t, refusal)
	return entry
}

func TestBackToBackSlotsShareWorkerAndPorts(t *testing.T) {
	var b Book
	first := mustBook(t, &b, ask(1, 10, 10, 20, "a", "b"))
	second := mustBook(t, &b, ask(2, 10, 20, 30, "a", "b"))
	require.Equal(t, first.Ports, second.Ports, "the windows share no instant")

	_, refusal := b.Fit(testLimits(), ask(3, 1, 19, 21), minute(0), testMargin)
	require.Equal(t, InsufficientCPU, refusal.Code)
	require.Equal(t, minute(30), refusal.FreeAt.UTC())
	require.Equal(t, "needs 1 vCPU, of 10 only 0 are free at 2026-03-02T09:19:00Z", refusal.Message)
	require.True(t, failure.Is(refusal.Err(), failure.Conflict))
	require.Equal(t, "insufficient_cpu", failure.CodeOf(refusal.Err()))
}

func TestRefusalCodes(t *testing.T) {
	nodes := 3
	limits := testLimits()
	limits.Declared.MaxNodes = &nodes
	cases := []struct {
		reason string
		change func(*Request)
		code   Code
	}{
		{"more vCPU than the machine has", func(r *Request) { r.Requirements.CPUCores = 11 }, InsufficientCPU},
		{"more memory", func(r *Request) { r.Requirements.MemoryGB = 21 }, InsufficientMemory},
		{"more storage", func(r *Request) { r.Requirements.StorageGB = 61 }, InsufficientStorage},
		{"the machine's own node limit is below the licence's", func(r *Request) { r.Nodes = 4 }, InsufficientNodes},
		{"12 numbers of which one is quarantined", func(r *Request) { r.PortNames = make([]string, 12) }, InsufficientPorts},
		{"a window that ends as it begins", func(r *Request) { r.Window.Until = r.Window.From }, InvalidWindow},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			r := ask(1, 1, 0, 10)
			c.change(&r)
			_, refusal := Book{}.Fit(limits, r, minute(0), testMargin)
			require.NotNil(t, refusal)
			require.Equal(t, c.code, refusal.Code)
			require.Nil(t, refusal.FreeAt, "it will never fit")
			require.Equal(t, c.code, Book{}.Check(limits, r, minute(0), testMargin))
		})
	}
}

func TestHeldPastItsEndCountsUntilNowAndMargin(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 10, 0, 10))
	_, refusal := b.Hold(testLimits(), instance(1), minute(0), testMargin)
	require.Nil(t, refusal)

	_, refusal = b.Fit(testLimits(), ask(2, 1, 10, 20), minute(9), testMargin)
	require.Nil(t, refusal, "before the end nobody knows that it will be late")
	_, refusal = b.Fit(testLimits(), ask(2, 1, 14, 20), minute(12), testMargin)
	require.NotNil(t, refusal)
	require.Equal(t, minute(17), refusal.FreeAt.UTC())
	_, refusal = b.Fit(testLimits(), ask(2, 1, 17, 20), minute(12), testMargin)
	require.Nil(t, refusal)

	mustBook(t, &b, ask(2, 1, 20, 30))
	_, refusal = b.Hold(testLimits(), instance(2), minute(20), testMargin)
	require.Equal(t, InsufficientCPU, refusal.Code, "a lab that still exists takes what it takes")
}

func TestHoldPicksTakenPortsAnew(t *testing.T) {
	var b Book
	late := mustBook(t, &b, ask(1, 1, 0, 10, "a", "b"))
	next := mustBook(t, &b, ask(2, 1, 10, 20, "x", "y", "z"))
	require.Equal(t, late.Ports[0].Number, next.Ports[0].Number)
	_, refusal := b.Hold(testLimits(), instance(1), minute(0), testMargin)
	require.Nil(t, refusal)

	held, refusal := b.Hold(testLimits(), instance(2), minute(12), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, []Port{{"x", 2004}, {"y", 2005}, {"z", 2003}}, held.Ports, "z was free and stays")
	again, refusal := b.Hold(testLimits(), instance(2), minute(13), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, held, again)
}

func TestBookAgainDecidesAnotherWindow(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 6, 0, 10))
	mustBook(t, &b, ask(2, 6, 10, 20))
	_, refusal := b.Book(testLimits(), ask(1, 6, 5, 15), minute(0), testMargin)
	require.Equal(t, InsufficientCPU, refusal.Code)
	require.Equal(t, minute(20), refusal.FreeAt.UTC(), "its own entry does not stand in its way")
	mustBook(t, &b, ask(1, 6, 30, 40))
	require.Len(t, b.Entries, 2)
	entry, found := b.Find(instance(1))
	require.True(t, found)
	require.Equal(t, minute(30), entry.From)
}

func TestAttemptsAreHoldersOfTheirOwn(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 6, 0, 10))
	next := ask(1, 6, 0, 10)
	next.Holder.Attempt = 2
	_, refusal := b.Book(testLimits(), next, minute(0), testMargin)
	require.Equal(t, InsufficientCPU, refusal.Code, "the old attempt's lab is still there")
}

func TestBookFull(t *testing.T) {
	b := Book{}
	for n := range MaxEntries {
		b.Entries = append(b.Entries, Entry{Holder: instance(n), State: Booked, From: minute(n), Until: minute(n + 1)})
	}
	_, refusal := b.Book(testLimits(), ask(MaxEntries, 1, 0, 1), minute(0), testMargin)
	require.Equal(t, BookFull, refusal.Code)
	_, refusal = b.Book(testLimits(), ask(5, 1, 7, 9), minute(0), testMargin)
	require.Nil(t, refusal, "a holder that is in the book may change its window")
}

func TestExtendRefusesTimeThatSomeoneElseHolds(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 6, 0, 10, "a"))
	mustBook(t, &b, ask(2, 6, 20, 30, "a"))
	require.Nil(t, b.Extend(testLimits(), instance(1), minute(20), minute(0), testMargin))
	refusal := b.Extend(testLimits(), instance(1), minute(21), minute(0), testMargin)
	require.Equal(t, InsufficientCPU, refusal.Code)
	require.Equal(t, NotBooked, b.Extend(testLimits(), instance(9), minute(21), minute(0), testMargin).Code)
	require.Equal(t, InvalidWindow, b.Extend(testLimits(), instance(1), minute(0), minute(0), testMargin).Code)
}

func TestExtendKeepsThePortsOfALab(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 1, 0, 10, "a"))
	mustBook(t, &b, ask(2, 1, 10, 30, "a"))
	booked := b.Clone()
	require.Nil(t, booked.Extend(testLimits(), instance(1), minute(15), minute(0), testMargin), "not imported: it may move")
	entry, _ := booked.Find(instance(1))
	require.Equal(t, 2002, entry.Ports[0].Number)

	_, refusal := b.Hold(testLimits(), instance(1), minute(0), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, InsufficientPorts, b.Extend(testLimits(), instance(1), minute(15), minute(0), testMargin).Code)
}

func TestWarmLabIsTaken(t *testing.T) {
	var b Book
	lab := Holder{LabRecordID: "l1"}
	warm := ask(0, 9, 0, 10, "a")
	warm.Holder, warm.Idle, warm.Window.Until = lab, true, time.Time{}
	mustBook(t, &b, warm)
	_, refusal := b.Hold(testLimits(), lab, minute(0), testMargin)
	require.Nil(t, refusal)
	require.Empty(t, b.HeldByInstances(), "a lab's own entry keeps no worker from stopping")
	require.Equal(t, 0, b.Allocated(minute(1), testMargin).CPUCores)
	require.Equal(t, 1, b.Allocated(minute(1), testMargin).StorageGB)

	mustBook(t, &b, ask(1, 9, 0, 10, "a"))
	entry, refusal := b.Take(testLimits(), lab, instance(1), minute(0), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, 2000, entry.Ports[0].Number, "the lab's tags carry its ports")
	require.Len(t, b.Entries, 1)
	require.Equal(t, 9, b.Allocated(minute(1), testMargin).CPUCores)
	again, refusal := b.Take(testLimits(), lab, instance(1), minute(3), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, entry, again)

	require.True(t, b.HandOver(instance(1), lab))
	require.True(t, b.HandOver(instance(1), lab), "a repeat is no failure")
	require.True(t, b.Rest(lab))
	mustBook(t, &b, ask(2, 9, 0, 10))
	_, refusal = b.Hold(testLimits(), instance(2), minute(0), testMargin)
	require.Nil(t, refusal)
	require.Equal(t, InsufficientCPU, b.Wake(testLimits(), lab, minute(0), testMargin).Code)
	require.True(t, b.Release(instance(2)))
	require.Nil(t, b.Wake(testLimits(), lab, minute(0), testMargin))
	require.Equal(t, 9, b.Allocated(minute(500), testMargin).CPUCores, "a lab's entry has no end")
}

func TestHandOverNeverMergesTwoEntries(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 1, 0, 10))
	mustBook(t, &b, ask(2, 1, 0, 10))
	require.False(t, b.HandOver(instance(1), instance(2)))
	require.False(t, b.HandOver(instance(8), instance(9)))
	require.Len(t, b.Entries, 2)
}

func TestShrunkCapacityIsOverbooked(t *testing.T) {
	var b Book
	for n := range 3 {
		mustBook(t, &b, ask(n, 3, 30, 40))
	}
	_, refusal := b.Hold(testLimits(), instance(2), minute(0), testMargin)
	require.Nil(t, refusal)
	limits := testLimits()
	require.False(t, b.Overbooked(limits, minute(0), testMargin))
	require.Empty(t, b.Displaced(limits, minute(0), testMargin))
	limits.Declared.CPUCores = 7
	require.True(t, b.Overbooked(limits, minute(0), testMargin))
	displaced := b.Displaced(limits, minute(0), testMargin)
	require.Len(t, displaced, 1)
	require.Equal(t, instance(1), displaced[0].Holder, "held stays, and the first come stays")
	require.True(t, b.Overbooked(limits, minute(39), testMargin), "the held one still counts")
	require.False(t, b.Overbooked(limits, minute(41), testMargin), "it is over")
}

func TestDueWithin(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 1, 30, 40))
	cases := []struct {
		reason string
		now    int
		due    bool
	}{
		{"begins in more than the boot time", 9, false},
		{"begins exactly then", 10, true},
		{"is under way", 35, true},
		{"is over", 40, false},
	}
	for _, c := range cases {
		require.Equal(t, c.due, b.InstanceDueWithin(minute(c.now), 20*time.Minute), c.reason)
	}
	b.Entries[0].Holder = Holder{LabRecordID: "l"}
	require.False(t, b.InstanceDueWithin(minute(35), 20*time.Minute), "a lab's own entry refuses nothing")
}

func TestDerivedViews(t *testing.T) {
	var b Book
	mustBook(t, &b, ask(1, 4, 0, 10, "a"))
	mustBook(t, &b, ask(2, 4, 5, 20, "b"))
	require.Equal(t, 8, b.Allocated(minute(6), testMargin).CPUCores)
	left := b.Available(testLimits(), minute(6), testMargin)
	require.Equal(t, 2, left.CPUCores)
	require.Equal(t, 10, *left.MaxNodes)
	require.Equal(t, 8, b.Peak(resource.Window{From: minute(0), Until: minute(60)}, minute(0), testMargin).CPUCores)
	require.Equal(t, 4, b.Peak(resource.Window{From: minute(10), Until: minute(60)}, minute(0), testMargin).CPUCores)
	allocations := b.PortAllocations(minute(12))
	require.Len(t, allocations, 1)
	require.Equal(t, map[string]int{"b": 2002}, allocations[0].Ports)
	require.Equal(t, instance(2), allocations[0].Holder)
}

func TestBookIsAnArrayInJSON(t *testing.T) {
	var b, back Book
	empty, err := json.Marshal(b)
	require.NoError(t, err)
	require.JSONEq(t, "[]", string(empty))
	mustBook(t, &b, ask(1, 4, 0, 10, "a"))
	data, err := json.Marshal(b)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, b, back)
}
