package wallclock

// moved is a file of the standard library's package time in the programs that Build makes. It maps the file of a Clock, so that
// a clock which is put wrong is wrong at once, and time.Now costs no call.
const moved = `package time

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

// offset is by how many nanoseconds the wall clock of this process is wrong; a file that the test writes is mapped there.
var offset = mapped()

func mapped() *int64 {
	name, found := syscall.Getenv("LCM_TEST_CLOCK")
	if !found {
		return new(int64)
	}
	fd, err := syscall.Open(name, syscall.O_RDONLY, 0)
	if err != nil {
		panic("time: " + name + ": " + err.Error())
	}
	page, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic("time: " + name + ": " + err.Error())
	}
	return (*int64)(unsafe.Pointer(&page[0]))
}

// moved is the wall clock's time as this process is to see it. What is monotonic stays as it is.
func moved(sec int64, nsec int32) (int64, int32) {
	if offset == nil { // nothing is mapped yet
		return sec, nsec
	}
	wrong := int64(nsec) + atomic.LoadInt64(offset)
	sec, wrong = sec+wrong/1e9, wrong%1e9
	if wrong < 0 {
		sec, wrong = sec-1, wrong+1e9
	}
	return sec, int32(wrong)
}
`
