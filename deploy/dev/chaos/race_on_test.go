//go:build race

package chaos

// raceDetector tells that everything takes many times longer.
const raceDetector = true
