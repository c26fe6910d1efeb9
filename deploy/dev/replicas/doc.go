// Package replicas holds the test of several replicas of the API on one store: real processes under load, one of which is
// killed. The store is a SQLite file, and MongoDB as well where LCM_TEST_MONGODB_URI names a server.
package replicas
