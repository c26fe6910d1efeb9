package sink

import (
	"fmt"
	"slices"
)

const indexDoc = "deliveries"

// index says which serials count: those before First were cleared or forgotten.
type index struct {
	First int `json:"first"`
	Last  int `json:"last"`
}

func pageDoc(serial int) string { return fmt.Sprintf("deliveries-%08d", (serial-1)/pageSize) }

// load reads the pages from the first serial that counts up to a page that is
// missing or not full. The index may be older than the last page.
func (s *Server) load() error {
	var at index
	if _, err := s.disk.Load(indexDoc, &at); err != nil {
		return err
	}
	s.serial = at.Last
	for next := max(at.First, 1); ; {
		var page []Delivery
		found, err := s.disk.Load(pageDoc(next), &page)
		if err != nil {
			return err
		}
		for _, d := range page {
			if d.Serial >= at.First {
				s.deliveries = append(s.deliveries, d)
				s.seen[identity{d.Event.Source(), d.Event.ID()}]++
				s.serial = max(s.serial, d.Serial)
			}
		}
		next = (next-1)/pageSize*pageSize + pageSize + 1
		if !found || s.serial < next-1 {
			return nil
		}
	}
}

// savePage writes the page of the newest serial.
func (s *Server) savePage(deliveries []Delivery, serial int) error {
	start := (serial - 1) / pageSize * pageSize // serial before the page's first
	page := make([]Delivery, 0, pageSize)
	for i := len(deliveries) - 1; i >= 0 && deliveries[i].Serial > start; i-- {
		page = append(page, deliveries[i])
	}
	slices.Reverse(page)
	return s.disk.Save(pageDoc(serial), page)
}

func (s *Server) saveIndex(at index) error { return s.disk.Save(indexDoc, at) }

// forget drops the oldest page when there are too many. The caller holds the lock.
func (s *Server) forget() {
	if len(s.deliveries) <= pageSize*maxPages {
		return
	}
	gone, rest := s.deliveries[:pageSize], s.deliveries[pageSize:]
	if err := s.saveIndex(index{First: rest[0].Serial, Last: s.serial}); err != nil {
		s.kit.Log.Error("old deliveries not forgotten", "error", err)
		return
	}
	for _, d := range gone {
		who := identity{d.Event.Source(), d.Event.ID()}
		if s.seen[who]--; s.seen[who] == 0 {
			delete(s.seen, who)
		}
	}
	s.deliveries = append([]Delivery(nil), rest...)
}
