// Package system is the part of a simulated CML machine that is not labs:
// sign-in, system information, health and statistics, telemetry, maintenance
// mode, Smart Licensing and the definitions.
package system
