package booking

import (
	"fmt"
	"testing"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// weekBook fills a book with labs of 4 vCPU / 12 GiB and 8 ports in slots of an hour that follow each other.
func weekBook(entries int) (Book, Limits) {
	limits := Limits{Declared: resource.Capacity{CPUCores: 48, MemoryGB: 192, StorageGB: 4000}}
	var b Book
	for n := range entries {
		slot := n / 12
		entry := Entry{
			Holder: instance(n), State: Booked, Requirements: resource.Requirements{CPUCores: 4, MemoryGB: 12, StorageGB: 20},
			Nodes: 5, From: minute(60 * slot), Until: minute(60 * (slot + 1)),
		}
		for p := range 8 {
			entry.Ports = append(entry.Ports, Port{Name: fmt.Sprintf("p%d", p), Number: 2000 + (n%12)*8 + p})
		}
		b.Entries = append(b.Entries, entry)
	}
	return b, limits
}

func labRequest(from, until time.Time) Request {
	return Request{
		Holder: Holder{InstanceID: "new", Attempt: 1}, Requirements: resource.Requirements{CPUCores: 4, MemoryGB: 12, StorageGB: 20},
		Nodes: 5, PortNames: []string{"a", "b", "c", "d", "e", "f", "g", "h"}, Window: resource.Window{From: from, Until: until},
	}
}

func BenchmarkFit(b *testing.B) {
	for _, entries := range []int{11, 100, MaxEntries - 1} {
		book, limits := weekBook(entries)
		last := minute(60 * ((entries - 1) / 12))
		shapes := map[string]Request{
			"fits":    labRequest(last, last.Add(time.Hour)),
			"refused": labRequest(minute(30), minute(90)),
		}
		if entries == 11 {
			delete(shapes, "refused")
		}
		for name, request := range shapes {
			b.Run(fmt.Sprintf("%s/%d", name, entries), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					book.Fit(limits, request, base, testMargin)
				}
			})
			b.Run(fmt.Sprintf("check-%s/%d", name, entries), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					book.Check(limits, request, base, testMargin)
				}
			})
		}
	}
}

// BenchmarkFillLAB1K books 1,000 labs on 100 workers in the same window, first fit.
func BenchmarkFillLAB1K(b *testing.B) {
	limits := Limits{Declared: resource.Capacity{CPUCores: 48, MemoryGB: 192, StorageGB: 4000}}
	request := labRequest(minute(0), minute(60))
	b.ReportAllocs()
	for b.Loop() {
		books := make([]Book, 100)
		first := 0
		for n := range 1000 {
			request.Holder.Attempt = n
			if _, refusal := books[first].Book(limits, request, base, testMargin); refusal != nil {
				first++
				if _, refusal = books[first].Book(limits, request, base, testMargin); refusal != nil {
					b.Fatal(refusal.Message)
				}
			}
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "bookings/s")
}
