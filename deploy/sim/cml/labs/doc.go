// Package labs is the labs of a simulated CML machine: import and export of
// topologies, the life of labs, nodes, interfaces and links, annotations and
// consoles. A state is never stored: it follows from when a node was started or
// stopped and from the clock.
package labs
