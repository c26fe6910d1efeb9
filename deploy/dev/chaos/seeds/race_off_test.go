//go:build !race

package seeds

// raceDetector tells that everything takes many times longer.
const raceDetector = false
