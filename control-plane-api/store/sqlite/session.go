package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// session is the writer's connection with its prepared statements. Only the writer's own goroutine uses it.
//
// Its statements run without the caller's context: they touch few rows of a locked store, and a statement that can't be interrupted
// leaves no doubt about what was done. The wait for the lock before and the commit after them heed the context.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// exec runs a fixed statement and says how many rows it changed. The statement stays prepared, so query must come from a bounded set.
func (s *session) exec(query string, args ...any) (int64, error) {
	statement, err := s.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// one reads one row of a fixed statement. sql.ErrNoRows when there is none.
func (s *session) one(query string, args []any, into ...any) error {
	statement, err := s.prepared(query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(context.Background(), args...).Scan(into...)
}

// once runs a statement that won't come again, and doesn't keep it.
func (s *session) once(query string, args ...any) (int64, error) {
	result, err := s.conn.ExecContext(context.Background(), query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *session) prepared(query string) (*sql.Stmt, error) {
	if statement, ok := s.statements[query]; ok {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = statement
	return statement, nil
}

// discard closes the connection for good instead of giving it back to the pool, whatever state it is in.
func (s *session) discard() {
	for _, statement := range s.statements {
		_ = statement.Close()
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close()
}
