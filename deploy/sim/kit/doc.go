// Package kit holds what every simulator of the outside world needs: a clock
// whose work runs faster than real time, a folder of JSON documents that
// survives a restart, fault injection and the control routes for both.
package kit
