// Package storetest tests store engines and helps to test their users.
//
//   - [Run] is the suite that every engine passes; [Main] lets it start further processes.
//   - [New] is a store for one test of another package.
//   - [Faulty] wraps an engine and fails, delays or loses answers on demand.
package storetest
