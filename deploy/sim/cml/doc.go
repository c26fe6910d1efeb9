// Package cml simulates Cisco Modeling Labs 2.9 machines. One server plays any
// number of them, told apart by the Host header of a request; what a machine
// holds is kept by its id, so it follows the machine to a new address.
package cml
