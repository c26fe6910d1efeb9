package delivery

import (
	"net/http"
	"strconv"
	"time"
)

// verdict is what an answer of the sink means.
type verdict int

const (
	// taken: the sink has the event.
	taken verdict = iota
	// later: the sink cannot take any event now. What waits goes on waiting, in order.
	later
	// refused: the sink does not take this event, and may never.
	refused
	// parked: the sink says that it will never take this event in this form.
	parked
	// gone: the sink wants no more events at all.
	gone
)

// judge reads an answer. Only what names the event itself as the fault is held against it; a wrong address, missing rights
// or a redirect is the sink's matter and ends when somebody puts it right.
func judge(status int) verdict {
	switch {
	case status >= 200 && status < 300:
		return taken
	case status == http.StatusGone:
		return gone
	case status == http.StatusUnsupportedMediaType, status == http.StatusRequestEntityTooLarge:
		return parked
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return refused
	default:
		return later
	}
}

// retryAfter reads the header, as seconds or as a date; 0 when there is none.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(seconds)*time.Second), time.Hour)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), time.Hour)
	}
	return 0
}
