// Package flood answers as a broken or hostile server does, for tests of clients, and weighs what reading it costs.
package flood

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
)

// Endless answers with a status and begin, and goes on with zeros for a gigabyte or until nobody reads any more.
func Endless(status int, begin string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		if _, err := io.WriteString(w, begin); err == nil {
			zeros(w)
		}
	}
}

// Bomb answers with a gigabyte of zeros that is small on its way, since it is packed.
func Bomb() http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		zeros(packed)
		_ = packed.Close() // whoever reads may have had enough
	}
}

func zeros(w io.Writer) {
	chunk := bytes.Repeat([]byte("0"), 64<<10)
	for range 1 << 14 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// Allocated is how many bytes the whole process has taken from memory while do ran, those it gave back included: nothing else
// may run at the same time.
func Allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
