package reconcile

// lane is a line of ready keys, first come first served. It is linked through the entries, so that it holds no more than
// they do and a key can leave it from the middle.
type lane[K comparable] struct {
	first, last *entry[K]
	length      int
}

func (l *lane[K]) push(e *entry[K]) {
	e.lane, e.before, e.after = l, l.last, nil
	if l.last == nil {
		l.first = e
	} else {
		l.last.after = e
	}
	l.last = e
	l.length++
}

func (l *lane[K]) remove(e *entry[K]) {
	if e.before == nil {
		l.first = e.after
	} else {
		e.before.after = e.after
	}
	if e.after == nil {
		l.last = e.before
	} else {
		e.after.before = e.before
	}
	e.lane, e.before, e.after = nil, nil, nil
	l.length--
}

// urgentShare is how many urgent keys may be taken in a row while others wait. So a person who asks is served at once, and
// one who never stops asking holds nobody up for good.
const urgentShare = 3

// lanes are the ready keys of a queue.
type lanes[K comparable] struct {
	urgent, common lane[K]
	// inRow counts the urgent keys that were taken since a common one was.
	inRow int
}

func (l *lanes[K]) length() int { return l.urgent.length + l.common.length }

// push puts an entry at the end of its line. One that waits already keeps its place, unless it has become urgent.
func (l *lanes[K]) push(e *entry[K]) {
	line := &l.common
	if e.urgent {
		line = &l.urgent
	}
	switch e.lane {
	case line, &l.urgent:
		return
	case nil:
	default:
		e.lane.remove(e)
	}
	line.push(e)
}

// pop takes who is next; nil when no one waits.
func (l *lanes[K]) pop() *entry[K] {
	line := &l.common
	if l.urgent.first != nil && (l.inRow < urgentShare || l.common.first == nil) {
		line = &l.urgent
		l.inRow++
	} else {
		l.inRow = 0
	}
	e := line.first
	if e != nil {
		line.remove(e)
	}
	return e
}
