// Package arch checks what the code may look like: who imports whom, and what no file may do. The rules are tables with a
// reason in every row; the tests apply them to all modules of the workspace, and to small sources that break each of them.
//
// The go command does not see that the tests read other modules and may show a cached result; -count=1 or -shuffle=on, as
// make test has it, always runs them.
package arch
